import { existsSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cellOf, writeFiles } from "../adapters/sandbox/cell-world.ts";
import { type DependencyWorld, inDependencyWorld } from "./dependency-world.ts";

// Setup runs what a tree says: whatever it leaves, it decides no place of the host.

const BOUNDS = { timeoutMs: 20_000, maxOutputBytes: 20_000 };
const HAND_OUTS = [
  { handOut: "overlay", users: 100 },
  { handOut: "overlay", users: 0 },
  { handOut: "copy", users: 100 },
] as const;
const TRY_OUT = "cat node_modules/key a/key /opt/dependencies/key";
const TRY_IN = "for d in node_modules a /opt/dependencies; do echo in >$d/pwned; done; true";

/** A folder of the host that nobody gave to any cell. */
function hostFolder({ folder }: DependencyWorld): string {
  const place = join(folder, "host");
  writeFiles(place, { key: "SECRET" });
  return place;
}

/** What makes links of everything that could become a source of a mount. */
function plant(host: string): string {
  return [
    "mkdir -p node_modules a b/inner /work/kept/tree; echo x >node_modules/x; echo y >b/inner/y",
    `ln -s ${host} /work/kept/tree/node_modules; ln -s ${host} c; ln -s c /work/kept/tree/a`,
    "echo x >a/x; ln -s /work/tree/b/inner /work/kept/tree/c; ln -s /tmp /work/kept/shared",
    `mv /work/shared /work/scratch/s; ln -s ${host} /work/shared; true`,
  ].join("; ");
}

test.each(HAND_OUTS)(
  "links that setup leaves lead no cell to the host's folders: $handOut among $users users (S5, S6)",
  async (options) => {
    await inDependencyWorld(options, async (world) => {
      const { sandbox, worktree, project, madeSet } = world;
      const host = hostFolder(world);
      const tree = project();
      await sandbox.checkout(worktree, tree);
      const set = await madeSet(tree, { command: plant(host), tools: [] });
      const dependencies = await sandbox.lend(worktree, set);
      const line = `ls node_modules; ${TRY_OUT}; ${TRY_IN}`;

      const agent = await world.shell(line, { dependencies });
      const verified = await sandbox.verify(worktree.mirror, tree, line, {
        ...BOUNDS,
        dependencies: set,
      });

      for (const { output } of [agent, verified]) {
        expect(output).toMatch(/^x\n/);
        expect(output).not.toContain("SECRET");
      }
      expect(existsSync(join(host, "pwned"))).toBe(false);
    });
  },
);

test.each(HAND_OUTS)(
  "a set with a link where a mount begins is refused to every cell: $handOut among $users users (S5, S6)",
  async (options) => {
    await inDependencyWorld(options, async (world) => {
      const { sandbox, worktree, project, madeSet } = world;
      const host = hostFolder(world);
      const tree = project();
      await sandbox.checkout(worktree, tree);
      const command = "mkdir -p node_modules deep/in; echo x | tee node_modules/x deep/in/x";
      const set = await madeSet(tree, { command, tools: [] });
      const place = options.handOut === "copy" ? "shared" : "tree/node_modules";
      rmSync(join(set.dir, place), { recursive: true });
      symlinkSync(host, join(set.dir, place));

      const inCell = async () => {
        const dependencies = await sandbox.lend(worktree, set);
        const argv = ["/bin/sh", "-c", `echo BEGAN; ${TRY_OUT}; ${TRY_IN}`];
        return await sandbox.run(cellOf(worktree, { dependencies }), argv, BOUNDS);
      };
      const output = await inCell().then(
        (result) => result.output,
        (error: Error) => error.message,
      );

      expect(output).toMatch(/is a link/);
      expect(output).not.toContain("BEGAN");
      expect(existsSync(join(host, "pwned"))).toBe(false);
    });
  },
);

test("a set that is itself a link is refused to every cell (S5, S6)", async () => {
  await inDependencyWorld({ handOut: "overlay" }, async (world) => {
    const { sandbox, worktree, project, madeSet } = world;
    const tree = project();
    await sandbox.checkout(worktree, tree);
    const set = await madeSet(tree, { command: "mkdir it; echo x >it/x", tools: [] });
    const dependencies = await sandbox.lend(worktree, set);
    renameSync(set.dir, `${set.dir}-away`);
    symlinkSync(`${set.dir}-away`, set.dir);

    expect(() => sandbox.wrap(cellOf(worktree, { dependencies }), ["/bin/true"])).toThrow(
      /is a link/,
    );
  });
});
