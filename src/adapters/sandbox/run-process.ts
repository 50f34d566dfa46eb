import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { createBoundedOutput } from "../../lib/bounded-output.ts";
import { PortError } from "../../lib/port-error.ts";
import type { CellResult } from "../../ports/host.ts";

export type RunLimits = {
  /** null: no limit. */
  readonly timeoutMs: number | null;
  readonly maxOutputBytes: number;
  readonly stdin?: Readable | string;
  /** Ends it as its time limit does; `timedOut` stays false. */
  readonly signal?: AbortSignal;
  /** Ends what it left, where its own end does not: called once it has ended. */
  readonly endRest?: () => Promise<void>;
};

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** What bubblewrap is told to report on: it says there how the command ended, if it ever began. */
export const STATUS_FD = 3;

const STATUS_BYTES = 4_096;

/**
 * Runs a cell's argument array to its end. When bubblewrap is killed, its cell dies with it, and
 * the pipes close only once the last process in it is gone. The cell has a session of its own: a
 * signal meant for the product's group does not cut it off. The product's death does.
 *
 * @throws {PortError} `sandbox`, when the program cannot be started
 */
export async function runProcess(argv: readonly string[], limits: RunLimits): Promise<CellResult> {
  const { maxOutputBytes, stdin, signal } = limits;
  const [file = "", ...rest] = argv;
  // Bubblewrap clears the environment for the cell; the host's must not be in its own either.
  const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
  const child = spawn(file, rest, {
    env,
    detached: true,
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  const status = collectStatus(child);
  const output = createBoundedOutput(maxOutputBytes);
  const stdout = collectStdout(child, maxOutputBytes);
  child.stdout.on("data", (chunk: Buffer) => output.add(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.add(chunk));
  feed(child, stdin);
  const timedOut = await ended(child, file, limits);
  return {
    exitCode: timedOut || signal?.aborted ? null : reportedExitCode(status()),
    timedOut,
    stdout: Buffer.concat(stdout.chunks),
    output: output.text(),
    truncated: output.isCut() || stdout.isCut(),
  };
}

type Stdout = { readonly chunks: readonly Buffer[]; readonly isCut: () => boolean };

function collectStdout(child: Child, maxBytes: number): Stdout {
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    const kept = chunk.subarray(0, Math.max(0, maxBytes - bytes));
    bytes += chunk.length;
    if (kept.length > 0) chunks.push(kept);
  });
  return { chunks, isCut: () => bytes > maxBytes };
}

function feed(child: Child, stdin: Readable | string | undefined): void {
  // A command that ends without reading its input closes the pipe: its exit code tells the rest.
  child.stdin.on("error", () => child.stdin.destroy());
  if (stdin === undefined || typeof stdin === "string") {
    child.stdin.end(stdin ?? "");
    return;
  }
  stdin.on("error", () => child.kill("SIGKILL"));
  stdin.pipe(child.stdin);
}

function collectStatus(child: Child): () => string {
  const pipe = child.stdio[STATUS_FD];
  let text = "";
  pipe?.on("data", (chunk: Buffer) => {
    if (text.length < STATUS_BYTES) text += chunk.toString("latin1");
  });
  return () => text;
}

/** @returns null where the command never began, or was ended with the cell around it */
function reportedExitCode(status: string): number | null {
  const code = /"exit-code":\s*(\d+)/.exec(status)?.[1];
  return code === undefined ? null : Number(code);
}

/** @returns whether the time limit ended it */
function ended(
  child: Child,
  file: string,
  { timeoutMs, signal, endRest }: RunLimits,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let timedOut = false;
    const end = (): void => void child.kill("SIGKILL");
    const onTime = (): void => {
      timedOut = true;
      end();
    };
    const timer = timeoutMs === null ? null : setTimeout(onTime, timeoutMs);
    if (signal?.aborted) end();
    signal?.addEventListener("abort", end);
    const stopWaiting = (): void => {
      if (timer !== null) clearTimeout(timer);
      signal?.removeEventListener("abort", end);
    };
    child.once("error", (cause) => {
      stopWaiting();
      reject(new PortError("sandbox", `${file} cannot be started`, { retryable: false, cause }));
    });
    let rest: Promise<void> | undefined;
    child.once("exit", () => {
      // What is left may hold the pipes: without its end they would never close.
      rest = endRest?.();
      rest?.catch(reject);
    });
    child.once("close", () => {
      stopWaiting();
      Promise.resolve(rest).then(() => resolve(timedOut), reject);
    });
  });
}
