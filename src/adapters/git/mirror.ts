import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { RepositoryRef } from "../../domain/epic.ts";
import type { RunGitCommand } from "./git-command.ts";
import { onHostFiles, outputOf } from "./git-failure.ts";

/** Everything this host keeps of one repository; all paths absolute. */
export type Mirror = {
  /** `owner/name`, for messages. */
  readonly name: string;
  readonly home: string;
  /** The bare repository: branches of the remote in `refs/remotes/origin/*`. */
  readonly gitDir: string;
  /** One folder per worktree, named by its key. */
  readonly worktrees: string;
  /** Git's administrative folder of each worktree. */
  readonly worktreeGitDirs: string;
  /** Packs under inspection, folders on their way out, files of one call. */
  readonly scratch: string;
};

/** Finds the folders of a repository; nothing is made. A renamed repository keeps its first folder. */
export function createMirrorLocator(dataDir: string): (repository: RepositoryRef) => Mirror {
  const repositories = resolve(dataDir, "repos");
  const known = new Map<number, string>();
  return (repository) => {
    const { githubId, owner, name } = repository;
    const found = known.get(githubId) ?? existingFolder(repositories, githubId);
    if (found !== null) known.set(githubId, found);
    return mirrorAt(join(repositories, found ?? folderName(repository)), `${owner}/${name}`);
  };
}

function existingFolder(repositories: string, githubId: number): string | null {
  try {
    return readdirSync(repositories).find((entry) => entry.startsWith(`${githubId}-`)) ?? null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function folderName({ githubId, owner, name }: RepositoryRef): string {
  return `${githubId}-${owner}-${name}`.replace(/[^A-Za-z0-9._-]/g, "_").slice(0, 200);
}

function mirrorAt(home: string, name: string): Mirror {
  const gitDir = join(home, "mirror.git");
  return {
    name,
    home,
    gitDir,
    worktrees: join(home, "worktrees"),
    worktreeGitDirs: join(gitDir, "worktrees"),
    scratch: join(home, "scratch"),
  };
}

/**
 * Makes the mirror when it is missing. It appears complete or not at all, whoever else makes it
 * at the same time.
 */
export function ensureMirror(run: RunGitCommand, mirror: Mirror): Promise<void> {
  return onHostFiles(`making the mirror of ${mirror.name}`, async () => {
    if (!(await exists(mirror.gitDir))) await makeMirror(run, mirror);
  });
}

async function makeMirror(run: RunGitCommand, mirror: Mirror): Promise<void> {
  await mkdir(mirror.scratch, { recursive: true });
  await mkdir(mirror.worktrees, { recursive: true });
  const made = join(mirror.scratch, `mirror-${randomUUID()}`);
  const outcome = await run(null, {
    // HEAD names no branch: git takes attributes of a bare repository from there.
    args: ["init", "--quiet", "--bare", "--template=", "--initial-branch=no-branch", made],
  });
  outputOf(outcome, `making the mirror of ${mirror.name}`);
  await mkdir(join(made, "worktrees"));
  try {
    await rename(made, mirror.gitDir);
  } catch (error) {
    if (!(await exists(mirror.gitDir))) throw error;
    await rm(made, { recursive: true, force: true });
  }
}

/** Whether a path is there, itself not followed any further than `stat` does. */
async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** True for the file system's "no such file or folder". */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
