import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CellLimits } from "../../../src/adapters/sandbox/cell-limits.ts";
import type { CellUserOptions } from "../../../src/adapters/sandbox/cell-users.ts";
import { createSandbox } from "../../../src/adapters/sandbox/sandbox.ts";
import { shortId } from "../../../src/lib/ids.ts";
import type { Worktree } from "../../../src/ports/git.ts";
import type { Cell, CellResult, Sandbox } from "../../../src/ports/host.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

export type CellWorld = {
  readonly folder: string;
  readonly dataDir: string;
  readonly sandbox: Sandbox;
  readonly worktree: Worktree;
  /** The commit the worktree starts from. */
  readonly base: string;
  /** Git as the host, on the mirror. */
  git(args: readonly string[], input?: Uint8Array): string;
  /** A commit of these files in the mirror. */
  commit(files: Readonly<Record<string, string>>): string;
  /** Runs a line of sh in a cell of the worktree. */
  shell(line: string, change?: Partial<Cell>): Promise<CellResult>;
};

const START = { "README.md": "a shop\n", "src/a.txt": "one\n", ".gitignore": "ignored/\n" };

/** A mirror with one commit, and a worktree of it as the host lays it out, not yet filled. */
export function cellWorld(
  limits: Partial<CellLimits> = {},
  users: Partial<CellUserOptions> = {},
  harness: string | null = null,
): CellWorld {
  const folder = temporaryFolder();
  const mirror = join(folder, "mirror.git");
  const git = (args: readonly string[], input?: Uint8Array): string =>
    execFileSync("git", ["--git-dir", mirror, ...args], {
      encoding: "utf8",
      env: { ...GIT_ENVIRONMENT, GIT_INDEX_FILE: join(folder, "host-index") },
      stdio: ["pipe", "pipe", "pipe"],
      ...(input === undefined ? {} : { input }),
    }).trim();
  execFileSync("git", ["init", "-q", "--bare", mirror], { env: GIT_ENVIRONMENT });
  const commit = (files: Readonly<Record<string, string>>): string => commitFiles(git, files);
  const base = commit(START);
  git(["update-ref", "refs/heads/task", base]);
  const worktree = layOutWorktree(mirror, join(folder, "trees", "one"));
  const dataDir = join(folder, "data");
  const sandbox = createSandbox({ dataDir, limits, users, harness });
  return {
    folder,
    dataDir,
    sandbox,
    worktree,
    base,
    git,
    commit,
    shell: (line, change = {}) =>
      sandbox.run(cellOf(worktree, change), ["/bin/sh", "-c", line], { maxOutputBytes: 100_000 }),
  };
}

export function cellOf(worktree: Worktree | null, change: Partial<Cell> = {}): Cell {
  return {
    id: `cell-${shortId()}`,
    worktree,
    brokerDir: null,
    environment: {},
    timeoutMs: 20_000,
    ...change,
  };
}

/** As `git worktree` lays it out: a git directory in the mirror, a checkout with a `.git` file. */
export function layOutWorktree(mirror: string, path: string): Worktree {
  const key = path.split("/").at(-1) ?? "";
  const gitDir = join(mirror, "worktrees", key);
  mkdirSync(gitDir, { recursive: true });
  mkdirSync(path, { recursive: true });
  writeFileSync(join(gitDir, "commondir"), "../..\n");
  writeFileSync(join(gitDir, "gitdir"), `${path}/.git\n`);
  writeFileSync(join(gitDir, "HEAD"), "ref: refs/heads/task\n");
  writeFileSync(join(path, ".git"), `gitdir: ${gitDir}\n`);
  return { key, path, gitDir, mirror };
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

const GIT_ENVIRONMENT = {
  PATH: process.env["PATH"],
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
};

type RunGit = CellWorld["git"];

function commitFiles(git: RunGit, files: Readonly<Record<string, string>>): string {
  git(["read-tree", "--empty"]);
  for (const [name, content] of Object.entries(files)) {
    const blob = git(["hash-object", "-w", "--stdin"], Buffer.from(content));
    git(["update-index", "--add", "--cacheinfo", `100644,${blob},${name}`]);
  }
  return git(["commit-tree", git(["write-tree"]), "-m", "start"]);
}
