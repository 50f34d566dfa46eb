import { PortError } from "../lib/port-error.ts";

/** A failed attempt: weather passes, everything else does not. */
export type Failure = {
  readonly kind: "failed";
  readonly isWeather: boolean;
  readonly reason: string;
  /** What the other side asked us to wait; 0 when it did not say. */
  readonly retryInMs: number;
  readonly error: unknown;
};

/** A bug is tried again like weather: the next version may know better, and the limit ends it. */
export function describeFailure(error: unknown, nowMs: number = Date.now()): Failure {
  const isVerdict = error instanceof PortError && !error.retryable;
  const reason =
    error instanceof PortError ? error.message : "Something broke on our side; the log has it.";
  return {
    kind: "failed",
    isWeather: !isVerdict,
    reason,
    retryInMs: retryInMs(error, nowMs),
    error,
  };
}

/** What the other side asked us to wait from now; 0 when it did not say. */
export function retryInMs(error: unknown, nowMs: number = Date.now()): number {
  if (!(error instanceof Error) || !("retryAtMs" in error)) return 0;
  return typeof error.retryAtMs === "number" ? Math.max(0, error.retryAtMs - nowMs) : 0;
}
