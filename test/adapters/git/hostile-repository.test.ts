import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Git } from "../../../src/ports/git.ts";
import { tree } from "../../support/git-http.ts";
import { type GitWorld, inGitWorld, packOf, shop } from "./git-world.ts";
import { setTrap, type Trap } from "./trap.ts";

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
