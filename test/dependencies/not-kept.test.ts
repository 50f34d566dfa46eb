import { join } from "node:path";
import { expect, test } from "vitest";
import { DEFAULT_CELL_LIMITS } from "../../src/adapters/sandbox/cell-limits.ts";
import { createDependencySets } from "../../src/adapters/sandbox/dependencies/dependency-sets.ts";
import { DEFAULT_SET_LIMITS } from "../../src/adapters/sandbox/dependencies/set-limits.ts";
import type { RunCell } from "../../src/adapters/sandbox/launcher.ts";
import type { SetupResult } from "../../src/ports/dependencies.ts";
import type { CellResult } from "../../src/ports/host.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { inDependencyWorld } from "./dependency-world.ts";

const WELL: CellResult = {
  exitCode: 0,
  timedOut: false,
  stdout: Buffer.from("4 1\0it/\0"),
  output: "",
  truncated: false,
};

/** Asks twice for a set on a host on which everything ends well but what keeps it. */
async function askTwice(keeping: Partial<CellResult>) {
  const root = join(temporaryFolder(), "dependencies");
  let kept = 0;
  const runCell: RunCell = (id) => {
    if (!id.startsWith("keep-")) return Promise.resolve(WELL);
    kept += 1;
    return Promise.resolve({ ...WELL, ...keeping });
  };
  const limits = { cell: DEFAULT_CELL_LIMITS, sets: DEFAULT_SET_LIMITS };
  const { provide } = createDependencySets({ root, runCell, limits, onStuck: () => undefined });
  const ask = (): Promise<SetupResult> =>
    provide({
      ...{ inputs: ["one"], mirror: root, tree: "a", command: "make it", tools: [] },
      openRegistries: () => Promise.resolve({ dir: root }),
      closeRegistries: () => Promise.resolve(),
    });
  return { results: [await ask(), await ask()], kept };
}

test.each([
  {
    what: "is refused",
    keeping: { exitCode: 124, output: "setup made a link where the way to a/b is\n" },
    why: "make it\nsetup made a link where the way to a/b is",
  },
  {
    what: "takes too long to keep",
    keeping: { exitCode: null, timedOut: true, output: "" },
    why: `make it\nwhat it made could not be kept within ${DEFAULT_CELL_LIMITS.gitTimeoutMs} ms`,
  },
  {
    what: "has too long a list",
    keeping: { stdout: Buffer.alloc(3_000_000, "x") },
    why: "make it\nthe paths of what setup made are too long",
  },
])("a setup whose work $what is told, and not tried again for a while (Q3b, R2)", async (it) => {
  const { results, kept } = await askTwice(it.keeping);

  const failed = { kind: "failed", output: it.why };
  expect(results).toEqual([failed, failed]);
  expect(kept).toBe(1);
});

test("a host that loses the cell that keeps says nothing about the tree: it is tried again (Q3b)", async () => {
  const { results, kept } = await askTwice({ exitCode: null, output: "killed" });

  const reason = "its cell was killed or could not be made: killed";
  expect(results).toEqual([
    { kind: "weather", reason },
    { kind: "weather", reason },
  ]);
  expect(kept).toBe(2);
});

test("a setup that leaves too many things beside each other is told so before one is moved (Q3b, R2)", async () => {
  await inDependencyWorld({}, async ({ project, setup }) => {
    const made = await setup(project(), { command: "seq 2001 | xargs touch", tools: [] });

    expect(made).toMatchObject({
      kind: "failed",
      output: expect.stringContaining("setup made 2001 files and folders beside each other"),
    });
  });
});
