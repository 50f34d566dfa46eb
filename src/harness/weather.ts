import { systemClock } from "../lib/clock.ts";
import { retry } from "../lib/retry.ts";
import type { Pane } from "./pane.ts";
import { EXIT, RunnerEnd } from "./runner-end.ts";

// Weather is what passes by itself: the product restarts, the provider is overloaded, a connection
// breaks. It is waited out, up to a bound; everything else is an answer.

export type Failure =
  | { readonly kind: "weather"; readonly detail: string; readonly retryAfterMs: number | null }
  /** The product asks it to go away and come back later: repeating would only be refused again. */
  | { readonly kind: "hold"; readonly detail: string }
  | { readonly kind: "fenced"; readonly detail: string }
  | { readonly kind: "refused"; readonly detail: string };

export type Patience = {
  readonly attempts: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** No new attempt begins later than this after the first one. */
  readonly totalMs: number;
};

/** About four minutes of waits, where every attempt fails at once. */
export const DEFAULT_PATIENCE: Patience = {
  attempts: 14,
  firstWaitMs: 500,
  longestWaitMs: 30_000,
  totalMs: 900_000,
};

const LONGEST_RETRY_AFTER_MS = 60_000;

/** Carries a failure that is weather through `retry`. */
class Weather extends Error {}

/**
 * @param what names the request in the pane and in the last line
 * @param judge says what an error means; null: not ours to judge, it goes on as it is
 * @throws {RunnerEnd} when the weather lasts, the life is over, or the answer is no
 */
export async function throughWeather<Result>(
  what: string,
  work: () => Promise<Result>,
  judge: (error: unknown) => Failure | null,
  { pane, patience }: { readonly pane: Pane; readonly patience: Patience },
): Promise<Result> {
  const lastStartMs = systemClock.nowMs() + patience.totalMs;
  const attempt = async (): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      const failure = judge(error);
      if (failure === null) throw error;
      if (failure.kind === "fenced") throw new RunnerEnd(EXIT.fenced, failure.detail, error);
      if (failure.kind === "hold") {
        throw new RunnerEnd(EXIT.weather, `asleep until limits allow: ${failure.detail}`, error);
      }
      if (failure.kind === "refused") {
        throw new RunnerEnd(EXIT.refused, `${what} was refused: ${failure.detail}`, error);
      }
      const { detail, retryAfterMs } = failure;
      if (retryAfterMs !== null) {
        await systemClock.sleep(Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS));
      }
      throw new Weather(detail, { cause: error });
    }
  };
  try {
    return await retry(attempt, {
      ...patience,
      isRetryable: (error) => error instanceof Weather && systemClock.nowMs() < lastStartMs,
      onRetry: ({ error, attempt: number, waitMs }) =>
        pane.warning(`${what}: ${textOf(error)}; attempt ${number}, again in ${waitMs} ms`),
    });
  } catch (error) {
    if (!(error instanceof Weather)) throw error;
    throw new RunnerEnd(EXIT.weather, `${what} failed too often: ${error.message}`, error);
  }
}

/** What a status says, for the product's own interface and the model's alike. */
export function judgeStatus(
  status: number,
  detail: string,
  retryAfter: string | null | undefined,
): Failure {
  const said = `${status} ${detail}`;
  if (status === 408 || status === 429 || status >= 500) {
    const seconds = Number(retryAfter ?? Number.NaN);
    const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : null;
    return { kind: "weather", detail: said, retryAfterMs };
  }
  if (status === 401 || status === 409 || status === 410) return { kind: "fenced", detail: said };
  return { kind: "refused", detail: said };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
