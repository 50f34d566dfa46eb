import { cpus } from "node:os";
import { systemClock } from "../src/lib/clock.ts";

// Whether others need the processors now. The load average tells of the last minute, and so of
// whatever ran before the benchmark.

/** More than this, and figures would tell of others. */
export const mostBusyShare = 0.25;
const sampleMs = 3_000;
/** What has just ended may still be writing to the disk. */
const waitMs = 60_000;

/** @returns the part of all processors that was at work for the next three seconds, 0 to 1 */
export async function busyShare(): Promise<number> {
  const before = timesNow();
  await systemClock.sleep(sampleMs);
  const after = timesNow();
  const all = after.all - before.all;
  return all > 0 ? 1 - (after.idle - before.idle) / all : 0;
}

/** Waits up to a minute for an idle machine. @returns how busy it was at last */
export async function idleShare(): Promise<number> {
  for (const startedMs = systemClock.nowMs(); ; ) {
    const share = await busyShare();
    if (share <= mostBusyShare || systemClock.nowMs() - startedMs > waitMs) return share;
    console.error(`· the machine is busy (${percent(share)}): waiting for up to a minute …`);
  }
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function timesNow(): { readonly idle: number; readonly all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const idle = times.reduce((sum, time) => sum + time.idle, 0);
  const all = times.reduce((sum, time) => sum + Object.values(time).reduce((a, b) => a + b, 0), 0);
  return { idle, all };
}
