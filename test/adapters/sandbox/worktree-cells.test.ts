import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { shortId } from "../../../src/lib/ids.ts";
import { type CellWorld, cellOf, cellWorld, writeFiles } from "./cell-world.ts";

const LIMITS = { maxPackBytes: 1_000_000 };

test("a checkout makes the worktree hold exactly the commit's files; ignored ones stay (G4)", async () => {
  const world = cellWorld();
  const next = world.commit({ ".gitignore": "ignored/\n", "src/b.txt": "two\n" });
  await world.sandbox.checkout(world.worktree, world.base);
  const { path } = world.worktree;
  writeFiles(path, { "ignored/cache": "kept", "src/new.txt": "gone", "README.md": "changed" });

  await world.sandbox.checkout(world.worktree, next);

  expect(readdirSync(path).sort()).toEqual([".git", ".gitignore", "ignored", "src"]);
  expect(readdirSync(join(path, "src"))).toEqual(["b.txt"]);
  expect(readFileSync(join(path, "ignored/cache"), "utf8")).toBe("kept");
});

test("a checkout works over whatever modes and links an agent left (G4)", async () => {
  const world = cellWorld();
  await world.sandbox.checkout(world.worktree, world.base);
  writeFiles(world.folder, { "outside/a.txt": "the host's" });
  await world.shell(
    `mkdir -p deep/x && touch deep/x/y && chmod 000 deep/x deep
     rm -r src && ln -s ${world.folder}/outside src && rm README.md && mkdir README.md && touch README.md/z`,
  );

  await world.sandbox.checkout(world.worktree, world.base);

  const { path } = world.worktree;
  expect(readFileSync(join(path, "README.md"), "utf8")).toBe("a shop\n");
  expect(lstatSync(join(path, "src")).isDirectory()).toBe(true);
  expect(existsSync(join(path, "deep"))).toBe(false);
  expect(readFileSync(join(world.folder, "outside/a.txt"), "utf8")).toBe("the host's");
});

test("a checkout of what does not exist is a verdict that names it", async () => {
  const world = cellWorld();

  await expect(world.sandbox.checkout(world.worktree, "nowhere")).rejects.toMatchObject({
    port: "sandbox",
    retryable: false,
    message: expect.stringContaining("nowhere names no tree here"),
  });
});

test("staging hands over all changes as a pack of what is new, and leaves no trace (G4, S6)", async () => {
  const world = cellWorld();
  await world.sandbox.checkout(world.worktree, world.base);
  await world.shell(
    "echo more >> src/a.txt; rm README.md; mkdir ignored; echo x > ignored/x; echo n > 'new ü.txt'; chmod +x 'new ü.txt'",
  );
  const before = readdirSync(world.worktree.gitDir).sort();

  const { tree, pack } = await world.sandbox.stage(world.worktree, world.base, LIMITS);
  world.git(["index-pack", "--stdin", "--strict"], pack);

  expect(world.git(["-c", "core.quotePath=false", "ls-tree", "-r", tree])).toMatch(
    /^100644 blob \w+\t\.gitignore\n100755 blob \w+\tnew ü\.txt\n100644 blob \w+\tsrc\/a\.txt$/,
  );
  expect(world.git(["show", `${tree}:src/a.txt`])).toBe("one\nmore");
  expect(readdirSync(world.worktree.gitDir).sort()).toEqual(before);
});

test("staging nothing gives the base's tree and an empty pack; too much is a verdict (G4)", async () => {
  const world = cellWorld();
  await world.sandbox.checkout(world.worktree, world.base);

  const same = await world.sandbox.stage(world.worktree, world.base, LIMITS);
  await world.shell("head -c 400000 /dev/urandom > big");
  const tooMuch = world.sandbox.stage(world.worktree, world.base, { maxPackBytes: 100_000 });

  expect(same.tree).toBe(world.git(["rev-parse", `${world.base}^{tree}`]));
  expect(same.pack.length).toBe(32);
  await expect(tooMuch).rejects.toMatchObject({
    retryable: false,
    message: expect.stringContaining("larger than 100000 bytes"),
  });
});

test("a folder swapped for a link while the work is taken shows and changes nothing of the host (S6)", async () => {
  const world = cellWorld();
  const canary = `canary-${shortId()}`;
  const host = join(world.folder, "host");
  writeFiles(host, { "a.txt": canary, "b.txt": canary });
  await world.sandbox.checkout(world.worktree, world.base);
  const swap = `
    mkdir -p held; mv src held/src
    while :; do ln -s ${host} src; rm src; mv held/src src; mv src held/src; done`;
  const swapping = world.sandbox.run(
    cellOf(world.worktree, { timeoutMs: 2_500 }),
    ["/bin/sh", "-c", swap],
    { maxOutputBytes: 1_000 },
  );

  const taken = await takeUntil(world, swapping);
  await swapping;

  expect(taken.stages + taken.refusals).toBeGreaterThan(3);
  for (const tree of taken.trees) {
    expect(world.git(["ls-tree", "-r", "--name-only", tree])).not.toContain("b.txt");
  }
  const everything = world.git(["cat-file", "--batch-all-objects", "--batch", "--unordered"]);
  expect(everything).not.toContain(canary);
  expect(readdirSync(host).sort()).toEqual(["a.txt", "b.txt"]);
  expect(readFileSync(join(host, "a.txt"), "utf8")).toBe(canary);
});

test("filters, hooks and monitors that a repository names are not run for it (S6)", async () => {
  const world = cellWorld();
  const attributes = "*.txt filter=evil diff=evil\n";
  const hostile = world.commit({ ".gitattributes": attributes, "a.txt": "one\n" });
  await world.sandbox.checkout(world.worktree, hostile);
  await world.shell(
    "printf '[filter \"evil\"]\\n clean = touch /tmp/ran' > .gitconfig; echo two > a.txt",
  );

  const { tree, pack } = await world.sandbox.stage(world.worktree, hostile, LIMITS);
  world.git(["index-pack", "--stdin"], pack);

  expect(world.git(["show", `${tree}:a.txt`])).toBe("two");
});

test("a worktree's files belong to the user of its cells, its .git file to the host (G4, S5)", async () => {
  const world = cellWorld();
  const { path } = world.worktree;

  await world.sandbox.checkout(world.worktree, world.base);
  await world.shell("echo x > made-by-the-agent");

  const owner = statSync(path).uid;
  expect(statSync(join(path, "README.md")).uid).toBe(owner);
  expect(statSync(join(path, "made-by-the-agent")).uid).toBe(owner);
  expect(statSync(join(path, ".git")).uid).toBe(process.getuid?.());
});

type Taken = {
  readonly trees: readonly string[];
  readonly stages: number;
  readonly refusals: number;
};

/** Stages and checks out again and again while something else goes on. */
async function takeUntil(world: CellWorld, other: Promise<unknown>): Promise<Taken> {
  const trees: string[] = [];
  let refusals = 0;
  let isOver = false;
  void other.then(() => {
    isOver = true;
  });
  while (!isOver) {
    try {
      const { tree, pack } = await world.sandbox.stage(world.worktree, world.base, LIMITS);
      world.git(["index-pack", "--stdin"], pack);
      trees.push(tree);
      await world.sandbox.checkout(world.worktree, world.base);
    } catch (error) {
      // Files that come and go make git give up: that is an answer, too.
      expect(error).toMatchObject({ port: "sandbox" });
      refusals += 1;
    }
  }
  return { trees, stages: trees.length, refusals };
}
