import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { DependencySet } from "../../src/ports/dependencies.ts";
import { cellOf, writeFiles } from "../adapters/sandbox/cell-world.ts";
import { type DependencyWorld, inDependencyWorld } from "./dependency-world.ts";

const BOUNDS = { timeoutMs: 20_000, maxOutputBytes: 20_000 };
const HAND_OUTS = [
  { handOut: "overlay", users: 100 },
  { handOut: "copy", users: 100 },
  // As on a host that gives no own users.
  { handOut: "overlay", users: 0 },
] as const;
/** What a package manager makes, without waiting for one. */
const MAKE = [
  "mkdir -p node_modules/left node_modules/.bin packages/a/node_modules",
  "echo one >node_modules/left/index.js; echo a >packages/a/node_modules/x",
  "ln -s ../left/index.js node_modules/.bin/left; echo made >made.txt",
  'mkdir "$FACTORY_DEPENDENCIES/go"; echo module >"$FACTORY_DEPENDENCIES/go/m"',
].join("; ");
const QUICK = { command: MAKE, tools: [] };

/** Runs a line in a cell of a worktree that a set was lent to. */
async function inWorktree(
  { sandbox }: DependencyWorld,
  worktree: DependencyWorld["worktree"],
  set: DependencySet,
  line: string,
): Promise<string> {
  const dependencies = await sandbox.lend(worktree, set);
  const cell = cellOf(worktree, { dependencies });
  const { output } = await sandbox.run(cell, ["/bin/sh", "-c", line], BOUNDS);
  return output;
}

const READ = "cat node_modules/.bin/left packages/a/node_modules/x made.txt /opt/dependencies/go/m";
const SPOIL = [
  "echo bad >node_modules/left/index.js; echo bad >packages/a/node_modules/x",
  "rm -r node_modules/.bin; echo bad >/opt/dependencies/go/m; echo new >node_modules/new",
].join("; ");

test.each(HAND_OUTS)(
  "an agent may write into its dependencies, and nobody else sees it: $handOut among $users users (Q3b, S5)",
  async (options) => {
    await inDependencyWorld(options, async (world) => {
      const { sandbox, worktree, worktreeAt, project, madeSet } = world;
      const other = worktreeAt("two");
      const tree = project({ "packages/a/index.js": "" });
      for (const one of [worktree, other]) await sandbox.checkout(one, tree);
      const set = await madeSet(tree, QUICK);

      expect(await inWorktree(world, worktree, set, READ)).toBe("one\na\nmade\nmodule\n");
      await inWorktree(world, worktree, set, SPOIL);

      expect(await inWorktree(world, worktree, set, "cat node_modules/new")).toBe("new\n");
      expect(await inWorktree(world, other, set, READ)).toBe("one\na\nmade\nmodule\n");
      const verified = await sandbox.verify(worktree.mirror, tree, READ, {
        ...BOUNDS,
        dependencies: set,
      });
      expect(verified.output).toBe("one\na\nmade\nmodule\n");
      expect(readFileSync(join(set.dir, "tree/node_modules/left/index.js"), "utf8")).toBe("one\n");
      expect(existsSync(join(set.dir, "tree/node_modules/new"))).toBe(false);
    });
  },
);

test.each(HAND_OUTS.slice(0, 2))(
  "another set takes the place of the first with all that was written over it, by $handOut (Q3b)",
  async (options) => {
    await inDependencyWorld(options, async (world) => {
      const { sandbox, worktree, project, madeSet, folder } = world;
      const tree = project();
      await sandbox.checkout(worktree, tree);
      const first = await madeSet(tree, QUICK);
      const second = await madeSet(tree, {
        ...QUICK,
        command: "mkdir node_modules; echo two >node_modules/two",
      });

      await inWorktree(world, worktree, first, SPOIL);
      const seen = await inWorktree(world, worktree, second, "ls -A node_modules; ls made.txt");
      await sandbox.takeBack(worktree);

      expect(seen).toMatch(/^two\n[\s\S]*No such file/);
      expect(existsSync(join(folder, "data/dependencies/lent"))).toBe(true);
      expect(await sandbox.takeBack(worktree)).toBeUndefined();
    });
  },
);

test.each(HAND_OUTS.slice(0, 2))(
  "what was handed out is neither staged nor cleaned away where nothing ignores it, by $handOut (Q3b, G4)",
  async (options) => {
    await inDependencyWorld(options, async (world) => {
      const { sandbox, worktree, git, project, madeSet } = world;
      const tree = project({ ".gitignore": "" });
      await sandbox.checkout(worktree, tree);
      const set = await madeSet(tree, QUICK);
      await inWorktree(world, worktree, set, "echo mine >src/mine.js");

      const staged = await sandbox.stage(worktree, tree, { maxPackBytes: 1_000_000 });
      await sandbox.checkout(worktree, tree);

      git(["unpack-objects", "-q"], staged.pack);
      const added = git(["diff-tree", "-r", "--name-only", tree, staged.tree]);
      expect(added).toBe("src/mine.js");
      expect(await inWorktree(world, worktree, set, "cat made.txt")).toBe("made\n");
    });
  },
);

test("a place that an agent turned into a link leads nowhere out of its tree (S6)", async () => {
  await inDependencyWorld({ handOut: "overlay" }, async (world) => {
    const { sandbox, worktree, project, madeSet, folder } = world;
    const tree = project({ "packages/a/index.js": "" });
    await sandbox.checkout(worktree, tree);
    const set = await madeSet(tree, QUICK);
    writeFiles(folder, { "host/kept": "kept" });
    await world.shell(
      `rm -rf node_modules packages; ln -s ${folder}/host packages; ln -s /oldroot${folder}/host node_modules`,
    );

    const seen = await inWorktree(world, worktree, set, "cat node_modules/left/index.js");

    expect(seen).toBe("one\n");
    expect(existsSync(join(folder, "host/a"))).toBe(false);
    expect(existsSync(join(folder, "host/left"))).toBe(false);
    rmSync(join(folder, "host"), { recursive: true });
  });
});

test("what an agent writes over its dependencies counts as its worktree's (Q3b, S5)", async () => {
  await inDependencyWorld({ handOut: "overlay" }, async (world) => {
    const { sandbox, worktree, project, madeSet } = world;
    const tree = project();
    await sandbox.checkout(worktree, tree);
    const set = await madeSet(tree, QUICK);
    await sandbox.lend(worktree, set);
    const before = await sandbox.measure(worktree);
    await inWorktree(world, worktree, set, "head -c 3000000 /dev/zero >node_modules/large");

    const after = await sandbox.measure(worktree);

    expect((after?.bytes ?? 0) - (before?.bytes ?? 0)).toBeGreaterThan(2_900_000);
  });
});

test("a layer that a killed process left does not keep the next life from starting (Q3b, R9)", async () => {
  await inDependencyWorld({ handOut: "overlay" }, async (world) => {
    const { sandbox, worktree, project, madeSet, sandboxAgain } = world;
    const tree = project();
    await sandbox.checkout(worktree, tree);
    const set = await madeSet(tree, QUICK);
    const dependencies = await sandbox.lend(worktree, set);
    const cut = await sandbox.run(
      cellOf(worktree, { dependencies, timeoutMs: 4_000 }),
      ["/bin/sh", "-c", "echo kept >node_modules/kept; sleep 1000"],
      { maxOutputBytes: 1_000 },
    );
    const next = sandboxAgain("overlay");
    const again = await next.lend(worktree, set);
    const seen = await next.run(
      cellOf(worktree, { dependencies: again }),
      ["/bin/cat", "node_modules/kept"],
      BOUNDS,
    );

    expect(cut.timedOut).toBe(true);
    expect(seen.output).toBe("kept\n");
  });
});
