import { expect, test } from "vitest";
import type { Role } from "../../src/domain/states.ts";
import { createScheduler, type Scheduler } from "../../src/gateway/call-scheduler.ts";
import { createCircuit } from "../../src/gateway/circuit.ts";
import { type RateWindow, seenWindows } from "../../src/gateway/rate-windows.ts";
import type { World } from "./support/pretend-provider.ts";

const minute = (limit: number, name = "all models: requests"): RateWindow => ({
  ...{ name, limit, perMs: 60_000 },
});
const one = { calls: 1, input: 100, output: 10 };

function aScheduler(more: { firstCalls?: number; priorityMs?: number } = {}) {
  const circuit = createCircuit({ firstWaitMs: 1_000, longestPauseMs: 60_000, random: () => 0 });
  const settings = { priorityMs: 10_000, firstCalls: 1_000, circuit, random: () => 0, ...more };
  return { circuit, scheduler: createScheduler(settings) };
}

function add(
  scheduler: Scheduler,
  id: number,
  more: Partial<Parameters<Scheduler["add"]>[0]> = {},
) {
  const role: Role = "worker";
  scheduler.add({ id, role, model: "m", cost: one, arrivedMs: 0, untilMs: 60_000, ...more });
}

/** Steps as one whose leases are granted whole. */
function stepGranted(scheduler: Scheduler, nowMs: number): readonly number[] {
  const { start, wants } = scheduler.step(nowMs);
  if (wants.length === 0) return start;
  scheduler.granted(new Map(wants.map(({ name, want }) => [name, want])), nowMs);
  return [...start, ...scheduler.step(nowMs).start];
}

test("an orchestrator comes before a supervisor before a worker, within a role who came first (G2)", () => {
  const { scheduler } = aScheduler();
  scheduler.known(minute(1_000));
  add(scheduler, 1, { role: "worker", arrivedMs: 1 });
  add(scheduler, 2, { role: "worker", arrivedMs: 0 });
  add(scheduler, 3, { role: "supervisor", arrivedMs: 5 });
  add(scheduler, 4, { role: "orchestrator", arrivedMs: 9 });
  add(scheduler, 5, { role: "supervisor", arrivedMs: 4 });

  expect(stepGranted(scheduler, 10)).toEqual([4, 5, 3, 2, 1]);
});

test("a worker that waited long enough comes before a supervisor that has just come (G2)", () => {
  const { scheduler } = aScheduler({ priorityMs: 10_000 });
  scheduler.known(minute(1_000));
  add(scheduler, 1, { role: "supervisor", arrivedMs: 11_000 });
  add(scheduler, 2, { role: "worker", arrivedMs: 0 });
  add(scheduler, 3, { role: "worker", arrivedMs: 2_000 });

  expect(stepGranted(scheduler, 12_000)).toEqual([2, 1, 3]);
});

test("nobody starves: supervisors without end leave a worker waiting for no longer than its priority (G2)", () => {
  const { scheduler } = aScheduler({ priorityMs: 10_000 });
  const world: World = { nowMs: 0 };
  const windows = minute(60);
  scheduler.known(windows);
  add(scheduler, 0, { role: "worker", arrivedMs: 0 });
  let began = -1;
  for (let id = 1; began < 0 && world.nowMs < 60_000; id += 1) {
    world.nowMs += 500;
    add(scheduler, id, { role: "supervisor", arrivedMs: world.nowMs, untilMs: 1e9 });
    scheduler.granted(new Map([[windows.name, 0.5]]), world.nowMs);
    const { start } = scheduler.step(world.nowMs);
    if (start.includes(0)) began = world.nowMs;
    for (const started of start) scheduler.finished(started, one);
  }

  expect(began).toBeGreaterThan(0);
  expect(began).toBeLessThanOrEqual(22_000);
});

test("a large call is not passed for ever by small ones that use up what it waits for (G2)", () => {
  const { scheduler } = aScheduler();
  const tokens = minute(10_000, "m: input-tokens");
  scheduler.known(tokens);
  scheduler.granted(new Map([[tokens.name, 5_000]]), 0);
  add(scheduler, 1, { cost: { ...one, input: 8_000 } });
  add(scheduler, 2);
  add(scheduler, 3, { model: "other" });

  expect(scheduler.step(1).start).toEqual([3]);
  scheduler.granted(new Map([[tokens.name, 3_200]]), 2);
  expect(scheduler.step(2).start).toEqual([1, 2]);
});

test("a call larger than a whole window begins when the window is full (G2)", () => {
  const { scheduler } = aScheduler();
  const tokens = minute(10_000, "m: input-tokens");
  scheduler.known(tokens);
  add(scheduler, 1, { cost: { ...one, input: 1_000_000 } });

  expect(scheduler.step(0).wants).toMatchObject([{ want: 10_000 }]);
  scheduler.granted(new Map([[tokens.name, 10_000]]), 0);
  expect(scheduler.step(0).start).toEqual([1]);
});

test("what was estimated is settled with what was used, either way (G2)", () => {
  const { scheduler } = aScheduler();
  const tokens = minute(10_000, "m: input-tokens");
  scheduler.known(tokens);
  scheduler.granted(new Map([[tokens.name, 1_000]]), 0);
  add(scheduler, 1, { cost: { ...one, input: 600 } });
  scheduler.step(0);
  scheduler.finished(1, { ...one, input: 100 });
  add(scheduler, 2, { cost: { ...one, input: 900 } });
  const second = scheduler.step(0).start;
  scheduler.finished(2, { ...one, input: 3_900 });
  add(scheduler, 3);

  expect(second).toEqual([2]);
  // It owes 3,000 now, and leases them with the next slice.
  expect(scheduler.step(0).wants[0]?.want).toBeGreaterThanOrEqual(3_100);
});

test("until an answer told the limits only some calls of a model begin (G2)", () => {
  const { scheduler } = aScheduler({ firstCalls: 2 });
  for (const id of [1, 2, 3]) add(scheduler, id);

  const first = scheduler.step(0).start;
  scheduler.learned("m", seenWindows("m", {}, 1), 0);

  expect(first).toEqual([1, 2]);
  expect(scheduler.step(0).start).toEqual([3]);
});

test("a held call is sent away in time, with the time to come back at (G2)", () => {
  const { scheduler } = aScheduler();
  scheduler.known(minute(60));
  for (const id of [1, 2]) add(scheduler, id, { untilMs: 5_000 });
  scheduler.step(0);

  const { sendAway } = scheduler.step(5_000);

  expect(sendAway).toEqual([
    { id: 1, retryAfterMs: 1_000 },
    { id: 2, retryAfterMs: 2_000 },
  ]);
  expect(scheduler.counts().waiting.worker).toBe(0);
});

test("who would be held for longer than it may is sent away at once, the others wait (G2, G3)", () => {
  const { scheduler, circuit } = aScheduler();
  circuit.refused(0, 30_000);
  add(scheduler, 1, { untilMs: 20_000 });
  add(scheduler, 2, { untilMs: 60_000 });

  expect(scheduler.step(1)).toMatchObject({
    start: [],
    sendAway: [{ id: 1, retryAfterMs: 29_999 }],
    nextMs: 30_000,
  });
  expect(scheduler.step(30_000).start).toEqual([2]);
});

test("after a pause one call asks, and the rest begin when it is answered (G3)", () => {
  const { scheduler, circuit } = aScheduler();
  circuit.refused(0, null);
  for (const id of [1, 2, 3]) add(scheduler, id);
  const first = scheduler.step(1_000).start;
  circuit.refused(1_100, null);
  scheduler.finished(1, null);
  // Twice as long the second time in a row.
  const tooEarly = scheduler.step(2_000).start;
  const second = scheduler.step(2_100).start;
  circuit.answered(2_200);

  expect([first, tooEarly, second]).toEqual([[1], [], [2]]);
  expect(scheduler.step(2_200).start).toEqual([3]);
});

test("answers that stream on since before a limit do not hold up the one call that asks after it (G3)", () => {
  const { scheduler, circuit } = aScheduler();
  scheduler.learned("m", [], 0);
  for (const id of [1, 2]) add(scheduler, id);
  scheduler.step(0);
  circuit.answered(10);
  circuit.refused(30, 1_000);
  scheduler.finished(2, null);
  for (const id of [3, 4]) add(scheduler, id);

  const steps = [1_029, 1_030, 5_000].map((nowMs) => scheduler.step(nowMs).start);
  circuit.answered(5_001);

  // The first call still streams.
  expect(steps).toEqual([[], [3], []]);
  expect(scheduler.step(5_001).start).toEqual([4]);
  expect(scheduler.counts().running).toBe(3);
});

test("a probe that was answered does not stand for the next one (G3)", () => {
  const { scheduler, circuit } = aScheduler();
  scheduler.learned("m", [], 0);
  circuit.refused(0, 1_000);
  for (const id of [1, 2]) add(scheduler, id, { untilMs: 1e9 });
  const first = scheduler.step(1_000).start;
  circuit.answered(1_010);
  circuit.refused(1_020, 1_000);

  expect([first, scheduler.step(2_019).start, scheduler.step(2_020).start]).toEqual([[1], [], [2]]);
});

test("a slice serves many calls, and what nobody used for a while is given back (G2)", () => {
  const { scheduler } = aScheduler();
  const requests = minute(4_000);
  scheduler.known(requests);
  add(scheduler, 0);
  const { wants } = scheduler.step(0);
  scheduler.granted(new Map([[requests.name, 200]]), 0);
  for (let id = 1; id < 150; id += 1) add(scheduler, id);
  const { start, wants: more } = scheduler.step(1);

  expect(wants).toMatchObject([{ name: requests.name, want: 200 }]);
  expect([start.length, more]).toEqual([150, []]);
  expect(scheduler.step(2_001).wants).toMatchObject([{ want: -50 }]);
});

test("what a waiting call needs is not given back while it waits for another window (G2)", () => {
  const { scheduler } = aScheduler();
  const [calls, tokens] = [minute(60), minute(60_000, "all models: tokens")];
  scheduler.known(calls);
  scheduler.known(tokens);
  scheduler.granted(new Map([[tokens.name, 3_000]]), 0);
  add(scheduler, 1, { arrivedMs: 5_000, untilMs: 65_000 });

  const { wants } = scheduler.step(5_000);

  expect(wants.map(({ name, want }) => [name, Math.sign(want)])).toEqual([[calls.name, 1]]);
  scheduler.granted(new Map([[calls.name, 3]]), 5_100);
  expect(scheduler.step(5_100).start).toEqual([1]);
});
