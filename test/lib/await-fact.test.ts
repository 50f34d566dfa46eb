import { expect, test } from "vitest";
import { awaitFact } from "../../src/lib/await-fact.ts";
import type { Clock } from "../../src/lib/clock.ts";

function fastClock(): Clock {
  let now = 0;
  return {
    nowMs: () => now,
    sleep: async (durationMs) => {
      now += durationMs;
    },
  };
}

test("the state in which the fact held is returned", async () => {
  let looks = 0;

  const seen = await awaitFact(
    "three looks were taken",
    () => ++looks,
    (count) => count === 3,
    { clock: fastClock() },
  );

  expect(seen).toBe(3);
});

test("the limit's error tells the last state in the words it was given", async () => {
  const waiting = awaitFact(
    "all workers sleep",
    () => ["worker/1"],
    (seen) => seen.length === 3,
    { clock: fastClock(), limitMs: 100, inWords: async (seen) => `${seen.length} of 3` },
  );

  await expect(waiting).rejects.toThrow(
    "Not true within 100 ms: all workers sleep. Last seen: 1 of 3",
  );
});

test("the limit's error names the fact and the last state seen", async () => {
  const waiting = awaitFact(
    "the task landed",
    () => ({ state: "APPROVED" }),
    ({ state }) => state === "COMPLETED",
    { clock: fastClock(), limitMs: 100 },
  );

  await expect(waiting).rejects.toThrow(
    'Not true within 100 ms: the task landed. Last seen: {"state":"APPROVED"}',
  );
});

test("a look that throws is not yet the fact, and is shown at the limit", async () => {
  const refused = new Error("connection refused");

  const waiting = awaitFact(
    "the server answers",
    () => Promise.reject(refused),
    () => true,
    { clock: fastClock(), limitMs: 50 },
  );

  await expect(waiting).rejects.toThrow("Last seen: an error: Error: connection refused");
});
