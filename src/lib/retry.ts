import { type Clock, systemClock } from "./clock.ts";

export type RetryOptions = {
  /** Calls in all, the first included. Default 5. */
  readonly attempts?: number;
  /** Upper bound of the first wait; doubles each time. Default 200. */
  readonly firstWaitMs?: number;
  /** Upper bound of any wait. Default 10_000. */
  readonly longestWaitMs?: number;
  /** False ends the retries at once. Default: errors whose `retryable` is true. */
  readonly isRetryable?: (error: unknown) => boolean;
  /** Told before each wait, for logs. */
  readonly onRetry?: (retry: Retry) => void;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** In [0, 1). Default `Math.random`. */
  readonly random?: () => number;
};

export type Retry = { readonly error: unknown; readonly attempt: number; readonly waitMs: number };

/**
 * Calls `work` until it succeeds, waiting longer each time, with jitter.
 *
 * @param work gets the number of the attempt, from 1
 * @returns what `work` returned
 * @throws the last error, unchanged, when the attempts are spent or the error is not retryable;
 *   the signal's reason when aborted during a wait
 */
export async function retry<Result>(
  work: (attempt: number) => Promise<Result>,
  options: RetryOptions = {},
): Promise<Result> {
  const { attempts = 5, isRetryable = saysRetryable, clock = systemClock, signal } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= attempts || !isRetryable(error)) throw error;
      const waitMs = backoffMs(attempt, options);
      options.onRetry?.({ error, attempt, waitMs });
      await clock.sleep(waitMs, signal);
    }
  }
}

/**
 * The wait after a failed attempt: between half of and the whole doubled bound.
 *
 * @param attempt the attempt that failed, from 1
 * @returns whole milliseconds
 */
export function backoffMs(
  attempt: number,
  { firstWaitMs = 200, longestWaitMs = 10_000, random = Math.random }: RetryOptions = {},
): number {
  const bound = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1));
  return Math.round(bound / 2 + (bound / 2) * random());
}

function saysRetryable(error: unknown): boolean {
  return error instanceof Error && "retryable" in error && error.retryable === true;
}
