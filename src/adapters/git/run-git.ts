import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { PortError } from "../../lib/port-error.ts";

type GitRun = {
  /** Everything after `git`; never a secret. */
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: Uint8Array | string | null;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  /** What happens at `maxOutputBytes`: the output is cut there, or the run fails. */
  readonly overflow: "cut" | "fail";
};

export type GitOutcome = {
  readonly exitCode: number;
  readonly stdout: Buffer;
  /** At most 64 KiB, the beginning. */
  readonly stderr: string;
  /** True when `stdout` ends at the limit and git was stopped there; `exitCode` then says nothing. */
  readonly isCut: boolean;
};

const maxStderrBytes = 64 * 1024;

/**
 * Runs git once, in a process group of its own, from a folder that no repository owns.
 *
 * @param run what to run and its bounds, in milliseconds and bytes
 * @returns exit status and output; a non-zero status is the caller's to judge
 * @throws {PortError} `git`: retryable when the time is up or something killed it; not retryable
 *   when git is not installed or the output is over its limit
 */
export function runGit(run: GitRun): Promise<GitOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<GitOutcome>();
  const child = spawn("git", run.args, {
    cwd: "/",
    env: run.env,
    // Its own group, so that a time limit also ends git's transport helpers.
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let end: "running" | "timedOut" | "overflowed" = "running";
  const stop = (reason: "timedOut" | "overflowed"): void => {
    if (end !== "running") return;
    end = reason;
    killGroup(child);
  };
  const timer = setTimeout(stop, run.timeoutMs, "timedOut");
  const stdout = collect(child.stdout, run.maxOutputBytes, () => stop("overflowed"));
  const stderr = collect(child.stderr, maxStderrBytes, () => undefined);
  feed(child.stdin, run.stdin);
  child.once("error", (cause) => {
    clearTimeout(timer);
    reject(cannotStart(cause));
  });
  child.once("close", (exitCode, signal) => {
    clearTimeout(timer);
    if (end === "overflowed" && run.overflow === "cut") {
      resolve({ exitCode: 0, stdout: stdout(), stderr: stderr().toString(), isCut: true });
    } else if (end !== "running" || exitCode === null) {
      reject(stopped(run, end, signal));
    } else {
      resolve({ exitCode, stdout: stdout(), stderr: stderr().toString(), isCut: false });
    }
  });
  return promise;
}

type GitProcess = ChildProcessByStdio<Writable, Readable, Readable>;

function killGroup(child: GitProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group has ended by itself in between.
  }
}

/** Keeps the first `maxBytes` and goes on reading, so that the process never blocks on a full pipe. */
function collect(stream: Readable, maxBytes: number, onOverflow: () => void): () => Buffer {
  const chunks: Buffer[] = [];
  let kept = 0;
  stream.on("data", (chunk: Buffer) => {
    const room = maxBytes - kept;
    if (room > 0) chunks.push(chunk.subarray(0, room));
    kept += Math.min(chunk.length, room);
    if (chunk.length > room) onOverflow();
  });
  return () => Buffer.concat(chunks);
}

function feed(stdin: Writable, input: Uint8Array | string | null): void {
  // Git may end without reading all of it; its exit status then tells why.
  stdin.on("error", () => undefined);
  if (input === null) stdin.end();
  else stdin.end(input);
}

function cannotStart(cause: Error): PortError {
  const isMissing = "code" in cause && cause.code === "ENOENT";
  const message = isMissing
    ? "git is not installed, or not on the search path: install git 2.38 or later"
    : `git could not be started: ${cause.message}`;
  return new PortError("git", message, { retryable: !isMissing, cause });
}

function stopped(
  run: GitRun,
  end: "running" | "timedOut" | "overflowed",
  signal: string | null,
): PortError {
  const command = commandName(run.args);
  switch (end) {
    case "timedOut":
      return new PortError("git", `git ${command} was stopped after ${run.timeoutMs} ms`, {
        retryable: true,
      });
    case "overflowed":
      return new PortError(
        "git",
        `git ${command} printed more than ${run.maxOutputBytes} bytes; raise maxOutputBytes`,
        { retryable: false },
      );
    case "running":
      return new PortError("git", `git ${command} was killed by ${signal ?? "a signal"}`, {
        retryable: true,
      });
    default:
      return end satisfies never;
  }
}

function commandName(args: readonly string[]): string {
  const index = args.findIndex(
    (arg, at) => !arg.startsWith("-") && args[at - 1] !== "-c" && at >= 0,
  );
  return args[index] ?? "";
}
