import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Git } from "../../../src/ports.ts";
import { tree } from "../../support/git-http.ts";
import { type GitWorld, inGitWorld, packOf, shop } from "./git-world.ts";

// Every setting by which git starts a program, each with a program that leaves a file of its name.
const programs: Readonly<Record<string, string>> = {
  "core.fsmonitor": "fsmonitor",
  "core.sshCommand": "ssh",
  "core.askPass": "askpass",
  "core.pager": "pager",
  "core.editor": "editor",
  "core.gitProxy": "gitproxy",
  "core.alternateRefsCommand": "alternates",
  "sequence.editor": "sequence",
  "credential.helper": "credential",
  "diff.external": "external-diff",
  "diff.evil.command": "diff-command",
  "diff.evil.textconv": "textconv",
  "filter.evil.clean": "clean",
  "filter.evil.smudge": "smudge",
  "filter.lfs.process": "process",
  "merge.evil.driver": "merge-driver",
  "gpg.program": "gpg",
  "gpg.ssh.program": "gpg-ssh",
  "uploadpack.packObjectsHook": "pack-objects",
  "alias.fetch": "!alias",
  "alias.evil": "!alias",
  "pager.diff-tree": "pager-of-diff",
  "interactive.diffFilter": "diff-filter",
  "submodule.evil.update": "!submodule",
};

const switches: Readonly<Record<string, string>> = {
  "commit.gpgSign": "true",
  "push.gpgSign": "if-asked",
  "merge.default": "evil",
  "merge.renormalize": "true",
  "submodule.recurse": "true",
  "protocol.ext.allow": "always",
  "protocol.file.allow": "always",
  "core.symlinks": "true",
};

const hookNames = [
  "post-checkout",
  "post-index-change",
  "pre-commit",
  "pre-push",
  "pre-auto-gc",
  "reference-transaction",
  "update",
];

const hostileFiles = {
  ".gitattributes": "* filter=evil diff=evil merge=evil\n*.big filter=lfs\n",
  ".gitmodules": '[submodule "evil"]\n\tpath = evil\n\turl = ext::sh -c id\n',
  ".lfsconfig": "[lfs]\n\turl = http://127.0.0.1:1/\n",
  "x.big": "big\n",
};

test("a repository, a worktree, a home and a mirror full of programs run none of them (T10)", () =>
  inGitWorld(async (world) => {
    const trap = setTrap(world);
    const facts = prepare(world);
    await world.git.fetch(shop);
    const worktree = await world.git.addWorktree(shop, {
      key: "agent",
      branch: "ff/task-3",
      sha: facts.ours,
    });
    poisonWorktree(worktree.path, trap);
    cpSync(trap.config, join(worktree.mirror, "config"));
    cpSync(trap.hooks, join(worktree.mirror, "hooks"), { recursive: true });

    await withEnvironment(trap.environment, () => useEverything(world.git, facts));

    expect(readdirSync(trap.markers)).toEqual([]);
    // The same traps do spring under a git that is not hardened.
    careless(worktree.mirror, worktree.path, trap);
    expect(readdirSync(trap.markers)).toEqual(
      expect.arrayContaining([
        "clean",
        "diff-command",
        "fsmonitor",
        "hook",
        "merge-driver",
        "ssh",
        "textconv",
      ]),
    );
  }));

type Facts = {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  readonly staged: string;
  readonly pack: Uint8Array;
};

function prepare(world: GitWorld): Facts {
  const base = world.branch("main", { ...hostileFiles, "a.txt": "0\n" });
  const ours = world.branch("ours", { ...hostileFiles, "a.txt": "1\n" }, [base]);
  const theirs = world.branch("theirs", { ...hostileFiles, "a.txt": "2\n", b: "b" }, [base]);
  const staged = tree(world.remote.git, { ...hostileFiles, "a.txt": "3\n" });
  return { base, ours, theirs, staged, pack: packOf(world.remote, [staged], [base]) };
}

/** Every method of the port, in the order of an agent's life. */
async function useEverything(git: Git, facts: Facts): Promise<void> {
  const { base, ours, theirs, staged, pack } = facts;
  await git.fetch(shop);
  expect(await git.remoteTip(shop, "main")).toBe(base);
  const again = { key: "agent", branch: "ff/task-3", sha: ours };
  await git.addWorktree(shop, again);
  await git.receivePack(shop, pack);
  expect(await git.problemsOf(shop, staged, await git.treeOf(shop, ours))).toEqual([]);
  const at = "2026-01-02T03:04:05Z";
  const mine = await git.commitTree(shop, { tree: staged, parents: [ours], message: "Mine", at });
  await git.setRef(shop, "refs/heads/ff/task-3", mine);
  expect(await git.isAncestor(shop, ours, mine)).toBe(true);
  expect((await git.mergeTree(shop, mine, theirs)).kind).toBe("conflict");
  expect((await git.mergeTree(shop, base, theirs)).kind).toBe("clean");
  expect(await git.diff(shop, { from: base, to: mine, maxBytes: 10_000 })).toContain("+3");
  expect(await git.readFile(shop, { sha: mine, path: "x.big", maxBytes: 9 })).toBe("big\n");
  expect(await git.push(shop, { sha: mine, ref: "refs/heads/ours", expected: ours })).toBe(
    "pushed",
  );
  expect(await git.worktrees(shop)).toEqual(["agent"]);
  const other = { key: "other", branch: "ff/task-4", sha: base };
  await git.addWorktree(shop, other);
  await git.removeWorktree(shop, "other");
}

type Trap = {
  readonly markers: string;
  readonly config: string;
  readonly hooks: string;
  readonly environment: Readonly<Record<string, string>>;
};

function setTrap({ dataDir }: GitWorld): Trap {
  const folder = join(dataDir, "..", "trap");
  const markers = join(folder, "markers");
  const hooks = join(folder, "hooks");
  for (const made of [markers, hooks, join(folder, "bin")]) mkdirSync(made, { recursive: true });
  for (const name of hookNames) writeScript(join(hooks, name), join(markers, "hook"));
  const program = (name: string): string => {
    const plain = name.replace(/^!/, "");
    const path = join(folder, "bin", plain);
    writeScript(path, join(markers, plain));
    return name.startsWith("!") ? `!${path}` : path;
  };
  const set = Object.entries(programs).map(([key, name]) => [key, program(name)] as const);
  const attributes = join(folder, "attributes");
  writeFileSync(attributes, "* merge=evil filter=evil diff=evil\n");
  const included = join(folder, "included");
  writeConfig(included, [...set, ...Object.entries(switches)]);
  const config = join(folder, "config");
  writeConfig(config, [
    ["core.repositoryformatversion", "0"],
    ["core.bare", "true"],
    ["core.hooksPath", hooks],
    ["core.attributesFile", attributes],
    ["include.path", included],
  ]);
  const environment = hostileEnvironment(folder, config, program);
  return { markers, config, hooks, environment };
}

function hostileEnvironment(
  folder: string,
  config: string,
  program: (name: string) => string,
): Record<string, string> {
  cpSync(config, join(folder, ".gitconfig"));
  mkdirSync(join(folder, "git"));
  cpSync(config, join(folder, "git/config"));
  return {
    HOME: folder,
    XDG_CONFIG_HOME: folder,
    GIT_CONFIG_GLOBAL: config,
    GIT_CONFIG_SYSTEM: config,
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "include.path",
    GIT_CONFIG_VALUE_0: config,
    GIT_CONFIG_PARAMETERS: `'include.path=${config}'`,
    GIT_EXTERNAL_DIFF: program("env-external-diff"),
    GIT_SSH_COMMAND: program("env-ssh"),
    GIT_ASKPASS: program("env-askpass"),
    SSH_ASKPASS: program("env-ssh-askpass"),
    GIT_PAGER: program("env-pager"),
    GIT_EDITOR: program("env-editor"),
    GIT_PROXY_COMMAND: program("env-proxy"),
    GIT_TEMPLATE_DIR: folder,
    GIT_TRACE: join(folder, "markers", "env-trace"),
    GIT_OBJECT_DIRECTORY: join(folder, "objects"),
    GIT_DIR: folder,
    GIT_WORK_TREE: folder,
    GIT_INDEX_FILE: join(folder, "index"),
  };
}

function writeScript(path: string, marker: string): void {
  writeFileSync(path, `#!/bin/sh\necho ran >> '${marker}'\ntimeout 1 cat\nexit 0\n`);
  chmodSync(path, 0o755);
}

function writeConfig(path: string, values: readonly (readonly [string, string])[]): void {
  const lines = values.map(([key, value]) => {
    const [section = "", ...rest] = key.split(".");
    const name = rest.pop() ?? "";
    const head = rest.length === 0 ? `[${section}]` : `[${section} "${rest.join(".")}"]`;
    return `${head}\n\t${name} = "${value}"\n`;
  });
  writeFileSync(path, lines.join(""));
}

/** What an agent with a writable checkout could leave: a git directory of its own. */
function poisonWorktree(path: string, trap: Trap): void {
  rmSync(join(path, ".git"));
  mkdirSync(join(path, ".git", "objects"), { recursive: true });
  mkdirSync(join(path, ".git", "refs"));
  writeFileSync(join(path, ".git", "HEAD"), "ref: refs/heads/main\n");
  cpSync(trap.config, join(path, ".git", "config"));
  cpSync(trap.hooks, join(path, ".git", "hooks"), { recursive: true });
  writeFileSync(join(path, ".gitattributes"), hostileFiles[".gitattributes"]);
}

async function withEnvironment(
  environment: Readonly<Record<string, string>>,
  work: () => Promise<void>,
): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    await work();
  } finally {
    for (const name of Object.keys(environment)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

/** What a host does that trusts the mirror's settings and an agent's folder. */
function careless(mirror: string, path: string, trap: Trap): void {
  const env = { PATH: process.env.PATH, HOME: trap.environment.HOME };
  const inMirror = ["--git-dir", mirror];
  const inCheckout = [`--git-dir=${path}/.git`, `--work-tree=${path}`, "-c", "core.bare=false"];
  const sides = ["origin/ours", "origin/theirs"];
  const commands = [
    [...inMirror, "-c", "merge.renormalize=false", "merge-tree", "--write-tree", ...sides],
    [...inMirror, "diff", ...sides],
    [...inMirror, "diff", "--no-ext-diff", ...sides],
    [...inMirror, "update-ref", "refs/heads/x", "refs/remotes/origin/main"],
    [...inCheckout, "add", "-A"],
    [...inCheckout, "status"],
    [...inCheckout, "fetch", "ssh://127.0.0.1/x"],
  ];
  for (const args of commands) spawnSync("git", args, { env, timeout: 10_000 });
}
