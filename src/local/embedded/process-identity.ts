import { readFileSync, readlinkSync } from "node:fs";
import { type Clock, systemClock } from "../../lib/clock.ts";

/** One process for as long as it lives: a pid alone may have been given to another since. */
export type ProcessIdentity = {
  readonly pid: number;
  /** Start time in the kernel's ticks since boot, field 22 of /proc/<pid>/stat. */
  readonly startTicks: number;
};

/**
 * Reads who a pid is now.
 *
 * @returns null when no such process runs; a zombie counts as gone
 */
export function identifyProcess(pid: number): ProcessIdentity | null {
  const fields = readStat(pid);
  // The name (field 2) may hold blanks and brackets; counting starts behind its last bracket.
  const state = fields?.[0];
  const startTicks = Number(fields?.[19]);
  if (state === undefined || state === "Z" || state === "X") return null;
  return Number.isFinite(startTicks) ? { pid, startTicks } : null;
}

/** Whether that very process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.startTicks === identity.startTicks;
}

/** The arguments of a running process; empty when it is gone or may not be read. */
export function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  } catch {
    return [];
  }
}

/** Where a running process works; null when it is gone or may not be read. */
export function workingFolderOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

export type StopStep = { readonly signal: NodeJS.Signals; readonly waitMs: number };

const TERM_THEN_KILL: readonly StopStep[] = [
  { signal: "SIGTERM", waitMs: 10_000 },
  { signal: "SIGKILL", waitMs: 5_000 },
];

/**
 * Stops a process, gently first.
 *
 * @param identity who to stop; nothing happens when that process is gone, even if its pid lives on
 * @param steps signals in order, each with its limit. Default: SIGTERM 10 s, then SIGKILL 5 s
 * @throws {Error} when it still runs after the last step
 */
export async function stopProcess(
  identity: ProcessIdentity,
  steps: readonly StopStep[] = TERM_THEN_KILL,
  clock: Clock = systemClock,
): Promise<void> {
  for (const { signal, waitMs } of steps) {
    if (!isRunning(identity)) return;
    sendSignal(identity.pid, signal);
    const deadline = clock.nowMs() + waitMs;
    while (isRunning(identity) && clock.nowMs() < deadline) await clock.sleep(10);
  }
  if (isRunning(identity)) {
    const asked = steps.map(({ signal }) => signal).join(", ");
    throw new Error(`process ${identity.pid} still runs after ${asked}`);
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Gone between the look and the signal is what was wanted.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

function readStat(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}
