import { PortError } from "../lib/port-error.ts";

/** A failed attempt: weather passes, everything else does not. */
export type Failure = {
  readonly kind: "failed";
  readonly isWeather: boolean;
  /** A mistake of ours. */
  readonly isBug: boolean;
  readonly reason: string;
  /** GitHub was asked and its answer never came: what was asked for may still happen. */
  readonly isInDoubt: boolean;
  /** What the other side asked us to wait; 0 when it did not say. */
  readonly retryInMs: number;
  readonly error: unknown;
};

/** A bug is tried again like weather: the next version may know better, and the limit ends it. */
export function describeFailure(error: unknown, nowMs: number = Date.now()): Failure {
  const isVerdict = error instanceof PortError && !error.retryable;
  const isBug = !(error instanceof PortError);
  const reason =
    error instanceof PortError ? error.message : "Something broke on our side; the log has it.";
  return {
    kind: "failed",
    isWeather: !isVerdict,
    isBug,
    reason,
    isInDoubt: isInDoubt(error),
    retryInMs: retryInMs(error, nowMs),
    error,
  };
}

/** A limit has its `retryAtMs`, an answer its status; a gateway's time-out is no answer. */
function isInDoubt(error: unknown): boolean {
  if (!(error instanceof PortError) || error.port !== "github" || !error.retryable) return false;
  const status = "status" in error ? error.status : null;
  const wasSent = !("retryAtMs" in error) || error.retryAtMs === null;
  return wasSent && (status === null || status === 408 || status === 502 || status === 504);
}

/** What the other side asked us to wait from now; 0 when it did not say. */
export function retryInMs(error: unknown, nowMs: number = Date.now()): number {
  if (!(error instanceof Error) || !("retryAtMs" in error)) return 0;
  return typeof error.retryAtMs === "number" ? Math.max(0, error.retryAtMs - nowMs) : 0;
}
