/** Time as something handed in, so that tests can own it. */
export type Clock = {
  /** Milliseconds since 1970 by this machine; leases and time-outs in SQL use the database's. */
  readonly nowMs: () => number;
  /** Resolves after `durationMs`; rejects with the signal's reason when it is aborted earlier. */
  readonly sleep: (durationMs: number, signal?: AbortSignal) => Promise<void>;
};

/** This machine's clock. Its sleep keeps the process alive until it ends or is aborted. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: sleepOnTimer,
};

function sleepOnTimer(durationMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, durationMs);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
