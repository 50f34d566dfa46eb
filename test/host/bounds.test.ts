import pino from "pino";
import { expect, test } from "vitest";
import type { CellLevel } from "../../src/domain/cell-level.ts";
import { createBoundsWatch } from "../../src/host/watch-bounds.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { endLeftCells, probeCells } from "../../workers/cells.ts";
import { type HostWorld, onHost } from "./host-world.ts";

const start = { kind: "startLife", agent: "worker/1" } as const;
const bounds = { lifeLimitMs: 600_000, maxBytes: 2_000_000, maxFiles: 1_000 };

test("a life whose worktree holds too much is ended within seconds, with the reason (S5, O5)", () =>
  onHost("sleep 0.5; head -c 4000000 /dev/zero > big; exec sleep 600", async (world) => {
    const watch = createBoundsWatch(bounds, world.git.dataDir, systemClock);

    const reasons = await reasonsOf(world, watch);

    expect(reasons).toMatch(/its worktree holds [2-4]\d{6} bytes; WORKTREE_MAX_BYTES is 2000000/);
    expect(await world.ports.terminal.list()).toEqual([]);
  }));

test("a worktree of too many files ends its life as well (S5, O5)", () =>
  onHost("sleep 0.5; touch $(seq 1500); exec sleep 600", async (world) => {
    const watch = createBoundsWatch(bounds, world.git.dataDir, systemClock);

    const reasons = await reasonsOf(world, watch);

    expect(reasons).toMatch(/its worktree holds 1\d{3} files; WORKTREE_MAX_FILES is 1000/);
  }));

test("a life that runs for too long is ended and starts again (S5, R2)", () =>
  onHost("exec sleep 600", async (world) => {
    const watch = createBoundsWatch(
      { ...bounds, lifeLimitMs: 100 },
      world.git.dataDir,
      systemClock,
    );

    const reasons = await reasonsOf(world, watch);

    expect(reasons).toContain("it ran for longer than LIFE_LIMIT_MS, 100 ms");
  }));

test("a life within its bounds is left alone, and one that shrank before the look, too (S5)", () =>
  onHost("touch small; exec sleep 600", async (world) => {
    await world.perform(start);
    await world.session((one) => one?.dead === false);
    const watch = createBoundsWatch(bounds, world.git.dataDir, systemClock);

    await watch(world.ports);
    await watch(world.ports);

    expect((await world.ports.terminal.list()).map(({ dead }) => dead)).toEqual([false]);
  }));

test("at start the cells of no life and no session are ended; an agent's goes on (R2, S5)", () =>
  onHost("exec sleep 600", async ({ perform, session, ports }) => {
    await perform(start);
    await session((one) => one?.dead === false);

    await endLeftCells(ports, pino({ level: "silent" }));

    expect((await ports.terminal.list()).map(({ dead }) => dead)).toEqual([false]);
  }));

test("workers start where cells are at least as good as asked for, and say why not elsewhere (S5)", async () => {
  const log = pino({ level: "silent" });
  const sandbox = (level: CellLevel) => ({
    level: async () => ({ level, missing: ["Something is missing."] }),
  });

  const wish = (least: CellLevel) => ({ least, withoutCells: false });
  const probed = async (level: CellLevel, least: CellLevel) =>
    await probeCells(sandbox(level), wish(least), log);

  expect(await probed("A", "B")).toEqual({ kind: "runs", level: "A" });
  expect(await probed("C", "C")).toEqual({ kind: "runs", level: "C" });
  const refusal = JSON.stringify(await probed("none", "C"));
  expect(refusal).toContain("at level none, and MIN_CELL_LEVEL asks for C. Something is missing.");
  expect(refusal).toContain("npm run doctor");
});

/** What the history says why the worker's lives ended, once one has. */
async function reasonsOf(
  { perform, ports }: HostWorld,
  watch: ReturnType<typeof createBoundsWatch>,
): Promise<string> {
  const told: string[] = [];
  const { epics } = ports.store;
  const change: typeof epics.change = (epicId, cause, decide) =>
    epics.change(epicId, cause, (view) => {
      const made = decide(view);
      for (const note of made.notes ?? []) if (note.kind === "lifeEnded") told.push(note.reason);
      return made;
    });
  const listening = { ...ports, store: { ...ports.store, epics: { ...epics, change } } };
  await perform(start);
  await awaitFact(
    "a life has ended",
    async () => {
      await watch(listening);
      return told;
    },
    (reasons) => reasons.length > 0,
    { everyMs: 100 },
  );
  return told.join("\n");
}
