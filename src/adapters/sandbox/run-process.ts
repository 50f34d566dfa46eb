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
};

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Runs a cell's argument array to its end. When bubblewrap is killed, its cell dies with it, and
 * the pipes close only once the last process in it is gone.
 *
 * @throws {PortError} `sandbox`, when the program cannot be started
 */
export async function runProcess(
  argv: readonly string[],
  { timeoutMs, maxOutputBytes, stdin }: RunLimits,
): Promise<CellResult> {
  const [file = "", ...rest] = argv;
  // Bubblewrap clears the environment for the cell; the host's must not be in its own either.
  const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
  const child = spawn(file, rest, { env, stdio: ["pipe", "pipe", "pipe"] });
  const output = createBoundedOutput(maxOutputBytes);
  const stdout = collectStdout(child, maxOutputBytes);
  child.stdout.on("data", (chunk: Buffer) => output.add(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.add(chunk));
  feed(child, stdin);
  const { exitCode, timedOut } = await ended(child, timeoutMs, file);
  return {
    exitCode,
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

type Ended = { readonly exitCode: number | null; readonly timedOut: boolean };

function ended(child: Child, timeoutMs: number | null, file: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let timedOut = false;
    const onTime = (): void => {
      timedOut = true;
      child.kill("SIGKILL");
    };
    const timer = timeoutMs === null ? null : setTimeout(onTime, timeoutMs);
    const stopTimer = (): void => {
      if (timer !== null) clearTimeout(timer);
    };
    child.once("error", (cause) => {
      stopTimer();
      reject(new PortError("sandbox", `${file} cannot be started`, { retryable: false, cause }));
    });
    child.once("close", (exitCode) => {
      stopTimer();
      resolve({ exitCode: timedOut ? null : exitCode, timedOut });
    });
  });
}
