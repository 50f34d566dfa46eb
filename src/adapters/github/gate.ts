import type { Clock } from "../../lib/clock.ts";
import { GitHubError } from "./github-error.ts";
import { createSlots } from "./slots.ts";

export type GateOptions = {
  readonly clock: Clock;
  /** From the start of one write to the start of the next. */
  readonly writeIntervalMs: number;
  readonly concurrentReads: number;
  /** Nobody waits longer than this for a turn: later callers are sent away with `retryAtMs`. */
  readonly longestWaitMs: number;
};

/** One installation's way out: writes one by one and paced, reads side by side. */
export type Gate = {
  /**
   * @throws {GitHubError} retryable, with `retryAtMs`, when the turn would come too late or
   *   GitHub has told this installation to stay away until then
   */
  pass<Result>(kind: "read" | "write", work: () => Promise<Result>): Promise<Result>;
};

// Where GitHub names no time it asks for at least a minute, longer each time in a row.
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 960_000;

/** One installation's way to GitHub: writes one at a time and paced, reads side by side, nobody while GitHub asks to wait. */
export function createGate(options: GateOptions): Gate {
  const { clock, writeIntervalMs } = options;
  const reads = createSlots(options.concurrentReads, clock);
  const writes = createSlots(1, clock);
  let closedUntilMs = 0;
  let limitsInARow = 0;
  let nextWriteAtMs = 0;

  function refuseWhileClosed(): void {
    if (clock.nowMs() < closedUntilMs) {
      const until = new Date(closedUntilMs).toISOString();
      throw tooEarly(`GitHub asked this installation to wait until ${until}`, closedUntilMs);
    }
  }

  async function awaitTurn(kind: "read" | "write"): Promise<void> {
    const waitMs = nextWriteAtMs - clock.nowMs();
    if (kind === "write" && waitMs > 0) await clock.sleep(waitMs);
    refuseWhileClosed();
    if (kind === "write") nextWriteAtMs = clock.nowMs() + writeIntervalMs;
  }

  function learnFrom(error: unknown): unknown {
    if (!(error instanceof GitHubError) || !isLimit(error)) return error;
    const nowMs = clock.nowMs();
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** limitsInARow);
    const retryAtMs = error.retryAtMs ?? Math.max(closedUntilMs, nowMs + pauseMs);
    // Reads under way together meet the same limit together: that counts once.
    if (nowMs >= closedUntilMs) limitsInARow += 1;
    closedUntilMs = Math.max(closedUntilMs, retryAtMs);
    return new GitHubError(error.message, { retryable: true, status: error.status, retryAtMs });
  }

  return {
    pass: async (kind, work) => {
      refuseWhileClosed();
      const slots = kind === "write" ? writes : reads;
      if (!(await slots.take(options.longestWaitMs))) {
        const retryAtMs = clock.nowMs() + options.longestWaitMs;
        throw tooEarly(`too many ${kind}s wait for GitHub on this installation`, retryAtMs);
      }
      try {
        await awaitTurn(kind);
        const result = await work();
        limitsInARow = 0;
        return result;
      } catch (error) {
        throw learnFrom(error);
      } finally {
        slots.give();
      }
    },
  };
}

function isLimit({ status, retryable, retryAtMs }: GitHubError): boolean {
  return retryAtMs !== null || (retryable && (status === 403 || status === 429));
}

function tooEarly(message: string, retryAtMs: number): GitHubError {
  return new GitHubError(message, { retryable: true, retryAtMs });
}
