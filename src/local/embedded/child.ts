import { spawn } from "node:child_process";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { type Clock, systemClock } from "../../lib/clock.ts";
import { openLog, tailOfLog } from "./log-file.ts";
import { identifyProcess, stopProcess } from "./process-identity.ts";

export type ChildOptions = {
  /** How messages name it: "local GitHub". */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment of the child; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Its output goes there and nowhere else, so that it lives on when its parent is killed. */
  readonly logFile: string;
  /** Matched against what it printed since its start; its groups are what the caller wants. */
  readonly ready: RegExp;
  /** Default 20_000. */
  readonly readyLimitMs?: number;
  readonly clock?: Clock;
  /** Told who it is as soon as it runs, long before it is ready. */
  readonly onStart?: (pid: number) => void;
};

export type ChildEnd = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type Child = {
  readonly pid: number;
  /** The match of `ready`. */
  readonly ready: RegExpExecArray;
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<ChildEnd>;
  /** SIGTERM, after `termLimitMs` (default 10_000) SIGKILL; nothing when it has ended. */
  readonly stop: (termLimitMs?: number) => Promise<void>;
};

/**
 * Starts a service of this run and waits until it says that it is ready. It belongs to our process
 * group, and nothing adopts it.
 *
 * @throws {Error} naming it, with the last lines it printed, when it ends or is silent too long;
 *   it does not run then
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, program, args, env, cwd, logFile, onStart } = options;
  const log = openLog(logFile);
  const from = statSync(logFile).size;
  const child = spawn(program, [...args], { cwd, env, stdio: ["ignore", log, log] });
  closeSync(log);
  let end: ChildEnd | null = null;
  const ended = new Promise<ChildEnd>((resolve, reject) => {
    child.once("error", (cause) =>
      reject(new Error(`${name} could not be started: ${cause.message}`, { cause })),
    );
    child.once("exit", (code, signal) => {
      end = { code, signal };
      resolve(end);
    });
  });
  const pid = child.pid;
  if (pid === undefined) return ended.then(() => Promise.reject(new Error(`${name} has no pid`)));
  onStart?.(pid);
  const identity = identifyProcess(pid) ?? { pid, startTicks: -1 };
  const stop = (waitMs = 10_000): Promise<void> =>
    stopProcess(identity, [
      { signal: "SIGTERM", waitMs },
      { signal: "SIGKILL", waitMs: 5_000 },
    ]);
  const ready = await awaitReady(options, from, () => end, stop);
  return { pid, ready, ended, stop };
}

async function awaitReady(
  { name, logFile, ready, readyLimitMs = 20_000, clock = systemClock }: ChildOptions,
  from: number,
  readEnd: () => ChildEnd | null,
  stop: () => Promise<void>,
): Promise<RegExpExecArray> {
  const deadline = clock.nowMs() + readyLimitMs;
  for (;;) {
    const end = readEnd();
    const match = ready.exec(readFrom(logFile, from));
    if (match && !end) return match;
    if (end) {
      const how = end.signal ?? `exit code ${end.code}`;
      throw new Error(`${name} ended with ${how} before it was ready:\n${tailOfLog(logFile)}`);
    }
    if (clock.nowMs() >= deadline) {
      await stop();
      throw new Error(`${name} was not ready in ${readyLimitMs} ms:\n${tailOfLog(logFile)}`);
    }
    await clock.sleep(20);
  }
}

function readFrom(path: string, from: number): string {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(Math.max(0, statSync(path).size - from));
    const length = readSync(file, buffer, 0, buffer.length, from);
    return buffer.toString("utf8", 0, length);
  } finally {
    closeSync(file);
  }
}
