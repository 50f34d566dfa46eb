import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { removeFolder } from "../../../src/adapters/git/remove-folder.ts";
import type { Worktree } from "../../../src/ports/git.ts";
import { type GitWorld, inGitWorld, shop } from "./git-world.ts";

const branch = "ff/task-3-cart";
const key = "acme-shop-epic-7-worker-3";

test("a worktree is one that git itself knows, on its branch, without files", () =>
  inGitWorld(async (world) => {
    const { main, worktree } = await withWorktree(world);

    expect(worktree).toEqual(world.git.worktree(shop, key));
    expect(readdirSync(worktree.path)).toEqual([".git"]);
    expect(inWorktree(worktree, ["rev-parse", "HEAD", "--symbolic-full-name", "HEAD"])).toBe(
      `${main}\nrefs/heads/${branch}`,
    );
    const listed = execFileSync("git", ["--git-dir", worktree.mirror, "worktree", "list"], {
      encoding: "utf8",
    });
    expect(listed).toMatch(new RegExp(`${key} +${main.slice(0, 7)}.*\\[${branch}\\]`));
    inWorktree(worktree, ["checkout", "-q", "-f", "HEAD"]);
    expect(readFileSync(join(worktree.path, "a.txt"), "utf8")).toBe("a\n");
    expect(inWorktree(worktree, ["status", "--porcelain"])).toBe("");
  }));

test("making it again finds it, leaves its files alone and points it at the new commit", () =>
  inGitWorld(async (world) => {
    const { worktree } = await withWorktree(world);
    writeFileSync(join(worktree.path, "mine.txt"), "work");
    const next = world.branch("main", { "a.txt": "b\n" });
    await world.git.fetch(shop);

    const again = await world.another().addWorktree(shop, { key, branch, sha: next });

    expect(again).toEqual(worktree);
    expect(inWorktree(worktree, ["rev-parse", "HEAD"])).toBe(next);
    expect(readFileSync(join(worktree.path, "mine.txt"), "utf8")).toBe("work");
    expect(await world.git.worktrees(shop)).toEqual([key]);
  }));

test("a worktree that a crash left half made is completed (F20)", () =>
  inGitWorld(async (world) => {
    const { main, worktree } = await withWorktree(world);
    const halves: readonly (() => void)[] = [
      () => rmSync(join(worktree.gitDir, "HEAD")),
      () => rmSync(join(worktree.gitDir, "commondir")),
      () => rmSync(join(worktree.gitDir, "gitdir")),
      () => rmSync(worktree.gitDir, { recursive: true }),
      () => rmSync(worktree.path, { recursive: true }),
      () => writeFileSync(join(worktree.gitDir, "HEAD"), ""),
      () => writeFileSync(join(worktree.gitDir, "index.lock"), ""),
    ];

    for (const half of halves) {
      half();
      await world.git.addWorktree(shop, { key, branch, sha: main });
      expect(inWorktree(worktree, ["rev-parse", "HEAD"])).toBe(main);
    }
  }));

test("several processes that make one worktree at once make one", () =>
  inGitWorld(async (world) => {
    const main = world.branch("main", { "a.txt": "a\n" });
    await world.git.fetch(shop);

    const made = await Promise.all(
      [1, 2, 3, 4].map(() => world.another().addWorktree(shop, { key, branch, sha: main })),
    );

    expect(new Set(made.map(({ path }) => path)).size).toBe(1);
    expect(await world.git.worktrees(shop)).toEqual([key]);
    expect(readdirSync(join(world.dataDir, "repos/4711-acme-shop/scratch"))).toEqual([]);
  }));

test("the host opens nothing in a worktree that is there", () =>
  inGitWorld(async (world) => {
    const { main, worktree } = await withWorktree(world);
    const elsewhere = join(world.dataDir, "elsewhere");
    mkdirSync(elsewhere);
    rmSync(join(worktree.path, ".git"));
    symlinkSync(join(elsewhere, "written"), join(worktree.path, ".git"));
    symlinkSync(elsewhere, join(worktree.path, "a.txt"));

    await world.git.addWorktree(shop, { key, branch, sha: main });

    expect(readdirSync(elsewhere)).toEqual([]);
    expect(lstatSync(join(worktree.path, ".git")).isSymbolicLink()).toBe(true);
  }));

test("a removed worktree is gone whatever an agent left in it, and nothing outside is touched", () =>
  inGitWorld(async (world) => {
    const { worktree } = await withWorktree(world);
    const outside = join(world.dataDir, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "kept"), "kept");
    leaveOddThings(worktree.path, outside);

    await world.git.removeWorktree(shop, key);
    await world.git.removeWorktree(shop, key);

    expect(existsSync(worktree.path)).toBe(false);
    expect(existsSync(worktree.gitDir)).toBe(false);
    expect(readdirSync(join(world.dataDir, "repos/4711-acme-shop/trash"))).toEqual([]);
    expect(await world.git.worktrees(shop)).toEqual([]);
    expect(readFileSync(join(outside, "kept"), "utf8")).toBe("kept");
    expect(lstatSync(outside).mode & 0o777).toBe(0o755);
  }));

test("a removal goes on where a crash stopped it, also in the trash of another one", () =>
  inGitWorld(async (world) => {
    const { main, worktree } = await withWorktree(world);
    const trash = join(world.dataDir, "repos/4711-acme-shop/trash");
    mkdirSync(join(trash, "half/deep/er"), { recursive: true });
    rmSync(worktree.path, { recursive: true });
    expect(await world.git.worktrees(shop)).toEqual([key]);

    await Promise.all([1, 2, 3].map(() => world.another().removeWorktree(shop, key)));

    expect(readdirSync(trash)).toEqual([]);
    expect(await world.git.worktrees(shop)).toEqual([]);
    await world.git.addWorktree(shop, { key, branch, sha: main });
    expect(inWorktree(worktree, ["rev-parse", "HEAD"])).toBe(main);
  }));

test("a worktree that became a link is removed as a link", () =>
  inGitWorld(async (world) => {
    const { worktree } = await withWorktree(world);
    const outside = join(world.dataDir, "outside");
    mkdirSync(join(outside, "kept"), { recursive: true });
    rmSync(worktree.path, { recursive: true });
    symlinkSync(outside, worktree.path);

    await world.git.removeWorktree(shop, key);

    expect(existsSync(worktree.path)).toBe(false);
    expect(readdirSync(outside)).toEqual(["kept"]);
  }));

test("a key or branch that would leave its folder is a caller's bug", () =>
  inGitWorld(async ({ git, branch: make }) => {
    const sha = make("main", { a: "" });
    await git.fetch(shop);

    for (const bad of [
      "",
      ".",
      "..",
      "../x",
      "a/b",
      ".hidden",
      "-x",
      "a\0b",
      "a\n",
      "x".repeat(101),
    ]) {
      await expect(git.addWorktree(shop, { key: bad, branch, sha })).rejects.toThrow("is no key");
      await expect(git.removeWorktree(shop, bad)).rejects.toThrow("is no key");
    }
    for (const bad of ["", "../x", "a..b", "/x", "x/", "a b", "x.lock", "a\nb"]) {
      await expect(git.addWorktree(shop, { key, branch: bad, sha })).rejects.toThrow(
        "is no full ref name",
      );
    }
    expect(await git.worktrees(shop)).toEqual([]);
  }));

test("a folder is removed by someone who is not root, too", () =>
  inGitWorld(async ({ dataDir }) => {
    const folder = join(dataDir, "odd");
    const outside = join(dataDir, "outside");
    mkdirSync(join(outside, "kept"), { recursive: true });
    mkdirSync(folder);
    leaveOddThings(folder, outside);

    await removeAs(folder, join(dataDir, "trash"), dirname(dataDir));

    expect(existsSync(folder)).toBe(false);
    expect(readdirSync(outside)).toEqual(["kept"]);
  }));

const nobody = 65_534;

/** Root may enter everything: only another user shows that closed folders are opened first. */
async function removeAs(folder: string, trash: string, root: string): Promise<void> {
  if (process.getuid?.() !== 0) return removeFolder(folder, trash);
  execFileSync("chown", ["-Rh", String(nobody), root]);
  process.seteuid?.(nobody);
  try {
    await removeFolder(folder, trash);
  } finally {
    process.seteuid?.(0);
  }
}

/** Closed folders, read-only folders, links of every kind, a very deep tree, names that are no text. */
function leaveOddThings(folder: string, outside: string): void {
  for (const mode of [0o000, 0o500, 0o300]) {
    const closed = join(folder, `mode-${mode.toString(8)}`, "inner");
    mkdirSync(closed, { recursive: true });
    writeFileSync(join(closed, "file"), "");
    chmodSync(closed, mode);
    chmodSync(dirname(closed), mode);
  }
  symlinkSync(outside, join(folder, "link-to-folder"));
  symlinkSync(join(outside, "kept"), join(folder, "link-to-file"));
  symlinkSync("..", join(folder, "link-up"));
  symlinkSync("loop", join(folder, "loop"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe, 0x0a])]), "");
  // Longer than any path the kernel takes at once: made step by step, as an agent can.
  const deep = 'for i in $(seq 60); do mkdir "$1" && cd "$1" || exit 1; done; : > file';
  execFileSync("bash", ["-c", deep, "bash", "d".repeat(200)], { cwd: folder });
}

async function withWorktree(
  world: GitWorld,
): Promise<{ readonly main: string; readonly worktree: Worktree }> {
  const main = world.branch("main", { "a.txt": "a\n" });
  await world.git.fetch(shop);
  return { main, worktree: await world.git.addWorktree(shop, { key, branch, sha: main }) };
}

/** What an agent's git sees from inside the checkout. */
function inWorktree(worktree: Worktree, args: readonly string[]): string {
  return execFileSync("git", args, { cwd: worktree.path, encoding: "utf8" }).trim();
}
