import { expect, test } from "vitest";
import { createScheduler } from "../../src/gateway/call-scheduler.ts";
import { createCircuit } from "../../src/gateway/circuit.ts";
import { seenWindows } from "../../src/gateway/rate-windows.ts";
import {
  pretendProvider,
  pretendWindows,
  randomFrom,
  type World,
} from "./support/pretend-provider.ts";

const one = { calls: 1, input: 100, output: 10 };

/** Processes that would call more than one provider allows, for as long as so many calls take. */
async function offer(processes: number, perMinute: number, calls: number) {
  const world: World = { nowMs: 0 };
  const random = randomFrom(7);
  const provider = pretendProvider(world, perMinute);
  const windows = pretendWindows(world);
  const ours = Array.from({ length: processes }, () => {
    const circuit = createCircuit({ firstWaitMs: 1_000, longestPauseMs: 60_000, random });
    const settings = { priorityMs: 10_000, firstCalls: 4, circuit, random };
    return { circuit, scheduler: createScheduler(settings), begun: 0 };
  });
  const seen = { refused: 0, begun: 0, away: 0 };
  const everyMs = 60_000 / (perMinute * 1.3);
  let nextMs = 0;
  for (let id = 0; seen.begun < calls; world.nowMs += 50) {
    for (; nextMs <= world.nowMs; nextMs += everyMs * 2 * random(), id += 1) {
      const call = { id, role: "worker", model: "m", cost: one } as const;
      const to = ours[Math.floor(random() * processes)];
      to?.scheduler.add({ ...call, arrivedMs: world.nowMs, untilMs: world.nowMs + 60_000 });
    }
    for (const process of ours) {
      const { scheduler, circuit } = process;
      const { wants, start: first, sendAway } = scheduler.step(world.nowMs);
      scheduler.granted(await windows.lease(wants), world.nowMs);
      seen.away += sendAway.length;
      for (const started of [...first, ...scheduler.step(world.nowMs).start]) {
        process.begun += 1;
        seen.begun += 1;
        const retryAfter = provider.take();
        if (retryAfter === null) circuit.answered(world.nowMs);
        else circuit.refused(world.nowMs, retryAfter * 1_000);
        seen.refused += retryAfter === null ? 0 : 1;
        scheduler.learned("m", seenWindows("m", provider.headers(), 0.98), world.nowMs);
        scheduler.finished(started, retryAfter === null ? one : null);
      }
    }
  }
  const shares = ours.map(({ begun }) => begun);
  return { ...seen, shares, minutes: world.nowMs / 60_000 };
}

test.each([
  [1, 600],
  [3, 600],
  [2, 50],
])(
  "%i processes use a limit of %i calls a minute up and meet it at most once in 1,000 calls (G2)",
  async (processes, perMinute) => {
    const calls = perMinute * 4;
    const { refused, shares, minutes } = await offer(processes, perMinute, calls);

    expect(refused).toBeLessThanOrEqual(calls / 1_000);
    // A full minute's worth was there at first.
    expect((calls - perMinute) / minutes).toBeGreaterThan(perMinute * 0.95);
    expect(Math.min(...shares)).toBeGreaterThan((calls / processes) * 0.8);
  },
);
