import { backoffMs } from "../lib/retry.ts";

/** Stands still while the provider asks to wait, then lets one call see whether it may go on. */
export type Circuit = {
  /** A call was refused for limits or overload; `retryAfterMs` as the provider named it, or null. */
  readonly refused: (nowMs: number, retryAfterMs: number | null) => void;
  /** A call was answered: nothing stands in the way of others. */
  readonly answered: (nowMs: number) => void;
  /** Nothing begins before it. */
  readonly pausedUntilMs: () => number;
  /** One call at a time, until it is known that calls are answered again. */
  readonly isTrying: () => boolean;
};

export type CircuitSettings = {
  /** Where the provider names no time: the first wait, doubled each time in a row. */
  readonly firstWaitMs: number;
  /** No wait is longer, whatever the provider says: then one call asks again. */
  readonly longestPauseMs: number;
  /** In [0, 1). */
  readonly random: () => number;
};

/** Added to what the provider names, so that not everybody comes back in the same moment. */
const spread = 0.1;
const widestSpreadMs = 2_000;

export function createCircuit({ firstWaitMs, longestPauseMs, random }: CircuitSettings): Circuit {
  let untilMs = 0;
  let inARow = 0;
  return {
    refused: (nowMs, retryAfterMs) => {
      // Calls under way together are refused together: that counts once.
      if (nowMs >= untilMs) inARow += 1;
      const ownMs = backoffMs(inARow, { firstWaitMs, longestWaitMs: longestPauseMs, random });
      const namedMs =
        (retryAfterMs ?? 0) + Math.min(widestSpreadMs, (retryAfterMs ?? 0) * spread) * random();
      const waitMs = retryAfterMs === null ? ownMs : namedMs;
      untilMs = Math.max(untilMs, nowMs + Math.min(waitMs, longestPauseMs));
    },
    answered: (nowMs) => {
      if (nowMs >= untilMs) inARow = 0;
    },
    pausedUntilMs: () => untilMs,
    isTrying: () => inARow > 0,
  };
}
