import { expect, test } from "vitest";
import { createGate } from "../../../src/adapters/github/gate.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { manualClock } from "./wired.ts";

const settings = { writeIntervalMs: 1_000, concurrentReads: 10, longestWaitMs: 60_000 };

/** Work that ends when told to, and counts how much of it runs at once. */
function workload() {
  const ends: (() => void)[] = [];
  const seen = { running: 0, most: 0 };
  const work = async (): Promise<void> => {
    seen.running += 1;
    seen.most = Math.max(seen.most, seen.running);
    await new Promise<void>((resolve) => ends.push(resolve));
    seen.running -= 1;
  };
  return { work, seen, ends };
}

async function runOut(ends: (() => void)[], all: Promise<unknown>): Promise<void> {
  const running = { isOver: false };
  const over = all.finally(() => {
    running.isOver = true;
  });
  while (!running.isOver) {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await over;
}

test("writes of one installation go one at a time, a second apart, in order (R7)", async () => {
  const clock = manualClock();
  const gate = createGate({ ...settings, clock });
  const startedAt = clock.nowMs();
  const starts: [string, number][] = [];

  await Promise.all(
    ["first", "second", "third"].map((name) =>
      gate.pass("write", async () => {
        starts.push([name, clock.nowMs() - startedAt]);
      }),
    ),
  );

  expect(starts).toEqual([
    ["first", 0],
    ["second", 1_000],
    ["third", 2_000],
  ]);
});

test("a slow write delays the next one but adds no pause to it (R7)", async () => {
  const clock = manualClock();
  const gate = createGate({ ...settings, clock });
  const startedAt = clock.nowMs();

  await gate.pass("write", async () => clock.advance(2_500));
  const next = await gate.pass("write", async () => clock.nowMs() - startedAt);

  expect(next).toBe(2_500);
});

test("no more than ten reads are under way at once (R7)", async () => {
  const gate = createGate({ ...settings, clock: systemClock });
  const { work, seen, ends } = workload();

  await runOut(ends, Promise.all(Array.from({ length: 25 }, () => gate.pass("read", work))));

  expect(seen).toEqual({ running: 0, most: 10 });
});

test("no two writes are under way at once (R7)", async () => {
  const gate = createGate({ ...settings, clock: systemClock, writeIntervalMs: 0 });
  const { work, seen, ends } = workload();

  await runOut(ends, Promise.all(Array.from({ length: 5 }, () => gate.pass("write", work))));

  expect(seen).toEqual({ running: 0, most: 1 });
});

test("who would wait too long is sent away with the time to come back (R7)", async () => {
  const gate = createGate({ ...settings, clock: systemClock, longestWaitMs: 20 });
  const { work, ends } = workload();
  const first = gate.pass("write", work);

  await expect(gate.pass("write", work)).rejects.toMatchObject({
    retryable: true,
    retryAtMs: expect.any(Number),
  });
  const third = gate.pass("write", async () => "through");
  ends.shift()?.();
  await first;

  expect(await third).toBe("through");
});

test("a failed write frees the way for the next one", async () => {
  const gate = createGate({ ...settings, clock: manualClock() });

  await expect(
    gate.pass("write", async () => {
      throw new Error("broken");
    }),
  ).rejects.toThrow("broken");

  expect(await gate.pass("write", async () => "through")).toBe("through");
});
