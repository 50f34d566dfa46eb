import { expect, test } from "vitest";
import { inDependencyWorld } from "./dependency-world.ts";

const BOUNDS = { timeoutMs: 20_000, maxOutputBytes: 20_000 };
const HAND_OUTS = ["overlay", "copy"] as const;

test.each(HAND_OUTS)(
  "real npm sets a project up once, and a verification sees what it made, by %s (Q3b)",
  async (handOut) => {
    await inDependencyWorld({ handOut }, async (world) => {
      const { sandbox, worktree, project, madeSet, registry } = world;
      const tree = project();

      const dependencies = await madeSet(tree);
      const again = await madeSet(tree);
      const verified = await sandbox.verify(worktree.mirror, tree, "node src/index.js", {
        ...BOUNDS,
        dependencies,
      });

      expect(again.key).toBe(dependencies.key);
      expect(dependencies.paths).toEqual([{ path: "node_modules", isFolder: true }]);
      expect(verified).toMatchObject({ exitCode: 0, output: "left\n" });
      expect(registry.asked).toEqual(["GET /left/-/left-1.0.0.tgz"]);
    });
  },
);
