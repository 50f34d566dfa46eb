import { expect, test } from "vitest";
import type { Clock } from "../../src/lib/clock.ts";
import { PortError } from "../../src/lib/port-error.ts";
import { backoffMs, retry } from "../../src/lib/retry.ts";

function recordingClock(): { readonly clock: Clock; readonly waits: number[] } {
  const waits: number[] = [];
  const sleep = (durationMs: number): Promise<void> => {
    waits.push(durationMs);
    return Promise.resolve();
  };
  return { clock: { nowMs: () => 0, sleep }, waits };
}

const weather = new PortError("github", "503", { retryable: true });
const verdict = new PortError("github", "422", { retryable: false });

test("weather is tried again with doubled waits until it clears", async () => {
  const { clock, waits } = recordingClock();

  const result = await retry(
    async (attempt) => {
      if (attempt < 4) throw weather;
      return attempt;
    },
    { clock, random: () => 0, firstWaitMs: 100 },
  );

  expect(result).toBe(4);
  expect(waits).toEqual([50, 100, 200]);
});

test("a verdict is thrown at once", async () => {
  const { clock, waits } = recordingClock();

  await expect(retry(() => Promise.reject(verdict), { clock })).rejects.toBe(verdict);

  expect(waits).toEqual([]);
});

test("a bug is not retried unless the caller says so", async () => {
  const { clock, waits } = recordingClock();
  const bug = new TypeError("x is undefined");

  await expect(retry(() => Promise.reject(bug), { clock })).rejects.toBe(bug);
  await expect(
    retry(() => Promise.reject(bug), { clock, attempts: 2, isRetryable: () => true }),
  ).rejects.toBe(bug);

  expect(waits).toHaveLength(1);
});

test("weather that lasts is thrown when the attempts are spent", async () => {
  const { clock, waits } = recordingClock();
  const told: number[] = [];

  await expect(
    retry(() => Promise.reject(weather), {
      clock,
      attempts: 3,
      onRetry: ({ attempt }) => told.push(attempt),
    }),
  ).rejects.toBe(weather);

  expect(waits).toHaveLength(2);
  expect(told).toEqual([1, 2]);
});

test("an aborted wait ends the retries with the signal's reason", async () => {
  const reason = new Error("draining");

  await expect(
    retry(() => Promise.reject(weather), { signal: AbortSignal.abort(reason) }),
  ).rejects.toBe(reason);
});

test("no wait is longer than the longest and none is shorter than half of its bound", () => {
  const options = { firstWaitMs: 100, longestWaitMs: 1_000 };

  expect(backoffMs(1, { ...options, random: () => 0 })).toBe(50);
  expect(backoffMs(1, { ...options, random: () => 0.999 })).toBe(100);
  expect(backoffMs(30, { ...options, random: () => 0.999 })).toBe(1_000);
});
