import { expect, test } from "vitest";
import { installHook } from "../../support/git-http.ts";
import { type GitWorld, inGitWorld, shop } from "./git-world.ts";

const request = { message: "Land\n\nTask: 3\n", at: "2026-01-02T03:04:05.678Z" };

test("changes to different places of one file merge in memory", () =>
  inGitWorld(async (world) => {
    const { git } = world;
    const { ours, theirs } = await branches(world, {
      base: { "a.txt": "1\n2\n3\n4\n5\n6\n7\n" },
      ours: { "a.txt": "one\n2\n3\n4\n5\n6\n7\n" },
      theirs: { "a.txt": "1\n2\n3\n4\n5\n6\nseven\n" },
    });

    const merge = await git.mergeTree(shop, ours, theirs);

    expect(merge.kind).toBe("clean");
    expect(await read(world, merge.tree, "a.txt")).toBe("one\n2\n3\n4\n5\n6\nseven\n");
  }));

test("a conflict names its files, keeps git's words and leaves a tree with markers", () =>
  inGitWorld(async (world) => {
    const { ours, theirs } = await branches(world, {
      base: { "a.txt": "0\n", "gone.txt": "0\n", "b c.txt": "0\n" },
      ours: { "a.txt": "1\n", "gone.txt": "1\n", "b c.txt": "0\n" },
      theirs: { "a.txt": "2\n", "b c.txt": "0\n" },
    });

    const merge = await world.git.mergeTree(shop, ours, theirs);

    expect(merge).toMatchObject({ kind: "conflict", files: ["a.txt", "gone.txt"] });
    expect(merge.kind === "conflict" && merge.output).toMatch(
      /Merge conflict in a\.txt[\s\S]*gone\.txt deleted in/,
    );
    expect(await read(world, merge.tree, "a.txt")).toContain("<<<<<<<");
  }));

test("builtin merge attributes of our side count, in any folder and through macros", () =>
  inGitWorld(async (world) => {
    const { ours, theirs } = await branches(world, {
      base: { ...attributes, ...versions("0\n") },
      ours: { ...attributes, ...versions("0\nours\n") },
      theirs: { ...versions("0\ntheirs\n") },
    });

    const merge = await world.git.mergeTree(shop, ours, theirs);

    expect(merge.kind === "conflict" && [...merge.files].sort()).toEqual(
      [
        "plain.txt",
        "pkg [1]/deep/never.log",
        "pkg [1]/pinned.bin",
        "pkg [1]/sub/CHANGES.md",
        "program.txt",
      ].sort(),
    );
    const union = "0\nours\ntheirs\n";
    expect(await read(world, merge.tree, "CHANGES.md")).toBe(union);
    expect(await read(world, merge.tree, "pkg [1]/CHANGES.md")).toBe(union);
    expect(await read(world, merge.tree, "pkg [1]/deep/er/any.log")).toBe(union);
    expect(await read(world, merge.tree, "macro.txt")).toBe(union);
    expect(await read(world, merge.tree, "with space.txt")).toBe(union);
    expect(await read(world, merge.tree, "é.txt")).toBe(union);
    expect(await read(world, merge.tree, "pkg [1]/pinned.bin")).toBe("0\nours\n");
    expect(await read(world, merge.tree, "program.txt")).toContain("<<<<<<<");
  }));

const attributes = {
  ".gitattributes": [
    "# comment",
    "[attr]together text=auto merge=union",
    "*.md merge=union",
    "macro.txt together",
    '"with space.txt" merge=union',
    '"\\303\\251.txt" merge=union',
    "program.txt merge=union",
    "program.txt merge=evil",
  ].join("\n"),
  "pkg [1]/.gitattributes": [
    "*.log merge=union",
    "/deep/never.log -merge",
    "pinned.bin binary",
    "sub/*.md !merge",
  ].join("\r\n"),
};

function versions(text: string): Record<string, string> {
  const names = [
    "CHANGES.md",
    "macro.txt",
    "plain.txt",
    "program.txt",
    "with space.txt",
    "é.txt",
    "pkg [1]/CHANGES.md",
    "pkg [1]/deep/er/any.log",
    "pkg [1]/deep/never.log",
    "pkg [1]/pinned.bin",
    "pkg [1]/sub/CHANGES.md",
  ];
  return Object.fromEntries(names.map((name) => [name, text]));
}

test("merge attributes of their side do not count, and two merges at once keep their own", () =>
  inGitWorld(async (world) => {
    const { git } = world;
    const union = { ".gitattributes": "* merge=union\n" };
    const { ours, theirs } = await branches(world, {
      base: { a: "0\n" },
      ours: { a: "0\nours\n" },
      theirs: { a: "0\ntheirs\n", ...union },
    });

    const merges = await Promise.all(
      [0, 1, 2, 3].flatMap(() => [
        git.mergeTree(shop, ours, theirs),
        git.mergeTree(shop, theirs, ours),
      ]),
    );

    expect(merges.map(({ kind }) => kind)).toEqual(
      [0, 1, 2, 3].flatMap(() => ["conflict", "clean"]),
    );
  }));

test("commits without a common ancestor are a verdict, and so is one that is not here", () =>
  inGitWorld(async ({ git, branch }) => {
    const one = branch("one", { a: "1" });
    const two = branch("two", { b: "2" });
    await git.fetch(shop);

    await expect(git.mergeTree(shop, one, two)).rejects.toThrow(/unrelated histories/);
    for (const work of [
      () => git.mergeTree(shop, one, "1".repeat(40)),
      () => git.treeOf(shop, "1".repeat(40)),
      () => git.isAncestor(shop, "1".repeat(40), one),
    ]) {
      await expect(work()).rejects.toMatchObject({ port: "git", retryable: false });
    }
    await expect(git.treeOf(shop, "1".repeat(40))).rejects.toThrow(
      `reading commit ${"1".repeat(40)} of acme/shop failed: this host's mirror does not have it: fetch first`,
    );
  }));

test("the same request makes the same commit on every host", () =>
  inGitWorld(async (world) => {
    const { git, another, dataDir } = world;
    const { ours, theirs } = await branches(world, {
      base: { a: "0" },
      ours: { a: "0", b: "1" },
      theirs: { a: "0", c: "2" },
    });
    const merge = await git.mergeTree(shop, ours, theirs);
    const commit = { ...request, tree: merge.tree, parents: [ours, theirs] };
    const elsewhere = another({ dataDir: `${dataDir}-2` });
    await elsewhere.fetch(shop);
    await elsewhere.mergeTree(shop, ours, theirs);

    const first = await git.commitTree(shop, commit);
    const second = await elsewhere.commitTree(shop, commit);

    expect(second).toBe(first);
    expect(await git.treeOf(shop, first)).toBe(merge.tree);
    expect(await git.isAncestor(shop, theirs, first)).toBe(true);
    await git.push(shop, { sha: first, ref: "refs/heads/main", expected: null });
    expect(world.remote.git(["cat-file", "commit", "main"])).toBe(
      [
        `tree ${merge.tree}`,
        `parent ${ours}`,
        `parent ${theirs}`,
        "author FactoryFactory <factory-factory[bot]@users.noreply.github.com> 1767323045 +0000",
        "committer FactoryFactory <factory-factory[bot]@users.noreply.github.com> 1767323045 +0000",
        "",
        "Land",
        "",
        "Task: 3",
      ].join("\n"),
    );
  }));

test("an object name or ref that is none is a caller's bug and reaches no command line", () =>
  inGitWorld(async ({ git, branch }) => {
    const main = branch("main", { a: "1" });
    await git.fetch(shop);

    for (const name of ["--output=x", "HEAD", "main", "", main.slice(1), `${main}^`, `${main}\n`]) {
      await expect(git.treeOf(shop, name)).rejects.toThrow("is no full object name");
    }
    for (const ref of [
      "main",
      "refs/heads/",
      "refs/heads/*",
      "refs/heads/a..b",
      "refs/heads/-\n",
    ]) {
      await expect(git.setRef(shop, ref, main)).rejects.toThrow("is no full ref name");
    }
  }));

test("a git that is too old is named with what is needed, and a newer one is found later", () =>
  inGitWorld(async ({ another, remote, dataDir }) => {
    installHook(remote, "git", "echo git version 2.37.9");
    const old = another({ searchPath: `${remote.repository}/hooks:/usr/bin:/bin` });
    const none = another({ searchPath: dataDir });

    await expect(old.fetch(shop)).rejects.toThrow(
      'git 2.38 or later is needed, and this host has "git version 2.37.9": install a newer git',
    );
    await expect(none.fetch(shop)).rejects.toThrow("git is not installed");
    installHook(remote, "git", 'exec /usr/bin/git "$@"');
    await old.fetch(shop);

    expect(await old.remoteTip(shop, "main")).toBeNull();
  }));

type Sides = Record<"base" | "ours" | "theirs", Record<string, string>>;

async function branches(
  { branch, git }: GitWorld,
  sides: Sides,
): Promise<{ readonly ours: string; readonly theirs: string }> {
  const base = branch("base", sides.base);
  const ours = branch("ours", sides.ours, [base]);
  const theirs = branch("theirs", sides.theirs, [base]);
  await git.fetch(shop);
  return { ours, theirs };
}

function read({ git }: GitWorld, tree: string, path: string): Promise<string | null> {
  return git.readFile(shop, { sha: tree, path, maxBytes: 10_000 });
}
