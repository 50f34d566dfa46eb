import type { IncomingHttpHeaders } from "node:http";
import type { ModelWindows } from "../../../src/ports/model-provider.ts";

// A provider and the database's windows in a world whose clock a test moves: hours pass in a moment.

export type World = { nowMs: number };

/** Numbers in [0, 1), the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** The windows as PostgreSQL keeps them: they fill continuously, slices come out of them. */
export function pretendWindows(world: World): ModelWindows {
  const windows = new Map<string, { level: number; atMs: number; limit: number; perMs: number }>();
  const leaseNow = (asked: Parameters<ModelWindows["lease"]>[0]) => {
    const granted = new Map<string, number>();
    for (const { name, limit, perMs, want, remaining } of asked) {
      const one = windows.get(name) ?? { level: limit, atMs: world.nowMs, limit, perMs };
      const refilled = one.level + ((world.nowMs - one.atMs) * limit) / perMs;
      const level = Math.min(limit, remaining ?? limit, refilled);
      const grant = want < 0 ? want : Math.min(want, Math.max(0, level));
      windows.set(name, { level: Math.min(limit, level - grant), atMs: world.nowMs, limit, perMs });
      granted.set(name, grant);
    }
    return granted;
  };
  return { known: async () => [], lease: async (asked) => leaseNow(asked) };
}

export type PretendProvider = {
  /** @returns null when the call is taken, else the seconds of `retry-after` */
  readonly take: () => number | null;
  readonly headers: () => IncomingHttpHeaders;
};

/** So many requests a minute, as a bucket that is full at first. */
export function pretendProvider(world: World, perMinute: number): PretendProvider {
  let level = perMinute;
  let atMs = world.nowMs;
  const fill = (): void => {
    level = Math.min(perMinute, level + ((world.nowMs - atMs) * perMinute) / 60_000);
    atMs = world.nowMs;
  };
  return {
    take: () => {
      fill();
      if (level < 1) return Math.ceil(((1 - level) * 60) / perMinute);
      level -= 1;
      return null;
    },
    headers: () => {
      fill();
      return {
        "anthropic-ratelimit-requests-limit": String(perMinute),
        "anthropic-ratelimit-requests-remaining": String(Math.floor(level)),
      };
    },
  };
}
