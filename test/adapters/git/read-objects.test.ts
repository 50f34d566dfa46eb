import { expect, test } from "vitest";
import { inGitWorld, shop } from "./git-world.ts";

test("a regular file is read from a pinned commit, whatever its name is (T15)", () =>
  inGitWorld(async ({ git, branch }) => {
    const names = ["a.txt", "dir/b c.txt", "ünï/é.txt", ":(top)a.txt", "*.txt", "-rf", '"q".txt'];
    const sha = branch("main", Object.fromEntries(names.map((name) => [name, `in ${name}\n`])));
    await git.fetch(shop);

    for (const path of names) {
      expect(await git.readFile(shop, { sha, path, maxBytes: 100 })).toBe(`in ${path}\n`);
    }
  }));

test("what is no regular file of the commit reads as nothing (T15)", () =>
  inGitWorld(async ({ git, branch }) => {
    const sha = branch("main", {
      "dir/a.txt": "a",
      link: { mode: "120000", text: "dir/a.txt" },
      folder: { mode: "120000", text: "dir" },
      passwd: { mode: "120000", text: "/etc/passwd" },
      module: { mode: "160000", sha: "1".repeat(40) },
      "e\u0301.txt": "decomposed",
    });
    await git.fetch(shop);
    const hostile = [
      "dir",
      "dir/",
      "/dir/a.txt",
      "./dir/a.txt",
      "dir/../dir/a.txt",
      "dir//a.txt",
      "../../../../etc/passwd",
      "/etc/passwd",
      "link",
      "folder/a.txt",
      "passwd",
      "module",
      "module/a",
      "missing",
      "DIR/A.TXT",
      "",
      ".",
      "..",
      "dir/a.txt\n",
      "dir/a.txt\0",
      `dir/a.txt\n${sha}`,
      "e\u0301.txt",
      "\ud800",
      "dir/".repeat(200),
      "*",
      ":/dir/a.txt",
      "HEAD:dir/a.txt",
    ];

    for (const path of hostile) {
      expect([path, await git.readFile(shop, { sha, path, maxBytes: 100 })]).toEqual([path, null]);
    }
  }));

test("a long file is cut at a whole character with a line that says so", () =>
  inGitWorld(async ({ git, branch }) => {
    const sha = branch("main", { a: "é".repeat(60_000), exact: "12345" });
    await git.fetch(shop);

    const cut = await git.readFile(shop, { sha, path: "a", maxBytes: 11 });
    const whole = await git.readFile(shop, { sha, path: "exact", maxBytes: 5 });

    expect(cut).toBe("ééééé\n[the file is longer than 11 bytes and cut here]\n");
    expect(whole).toBe("12345");
  }));

test("a diff shows what changed between two commits or trees, and is cut at a whole line", () =>
  inGitWorld(async ({ git, branch }) => {
    const from = branch("from", { a: "1\n", "old.txt": "same\nsame\nsame\n" });
    const to = branch("to", { a: "2\n", "new.txt": "same\nsame\nsame\n" }, [from]);
    await git.fetch(shop);

    const whole = await git.diff(shop, { from, to, maxBytes: 10_000 });
    const cut = await git.diff(shop, { from, to, maxBytes: 60 });

    expect(whole).toMatchInlineSnapshot(`
      "diff --git a/a b/a
      index d00491f..0cfbf08 100644
      --- a/a
      +++ b/a
      @@ -1 +1 @@
      -1
      +2
      diff --git a/old.txt b/new.txt
      similarity index 100%
      rename from old.txt
      rename to new.txt
      "
    `);
    expect(cut).toMatchInlineSnapshot(`
      "diff --git a/a b/a
      index d00491f..0cfbf08 100644
      --- a/a
      [the diff is longer than 60 bytes and cut here]
      "
    `);
    expect(await git.diff(shop, { from: await git.treeOf(shop, from), to, maxBytes: 10_000 })).toBe(
      whole,
    );
    expect(await git.diff(shop, { from, to: from, maxBytes: 10_000 })).toBe("");
  }));
