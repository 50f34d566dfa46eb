import { spawn } from "node:child_process";
import { createBoundedOutput } from "../../lib/bounded-output.ts";

export type CommandResult = {
  /** null when killed. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly output: string;
};

// Processes that a command leaves behind may hold its output open; they get this long.
const GRACE_MS = 500;

/**
 * Runs a program in its own process group; at the limit, and at its end, the group is killed. What
 * left the group, a server in a session of its own, lives on; its output is no longer heard.
 */
export function runCommand(
  argv: readonly string[],
  limits: {
    readonly cwd: string;
    readonly timeoutMs: number;
    readonly maxOutputBytes: number;
  },
): Promise<CommandResult> {
  const [file = "", ...rest] = argv;
  const child = spawn(file, rest, {
    cwd: limits.cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = createBoundedOutput(limits.maxOutputBytes);
  child.stdout.on("data", (chunk: Buffer) => output.add(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.add(chunk));
  return new Promise((resolve, reject) => {
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup(child.pid);
    }, limits.timeoutMs);
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once("exit", (exitCode, signal) => {
      const finish = (): void => {
        clearTimeout(timer);
        clearTimeout(grace);
        killGroup(child.pid);
        child.stdout.destroy();
        child.stderr.destroy();
        resolve({ exitCode, signal, timedOut, output: output.text() });
      };
      const grace = setTimeout(finish, GRACE_MS);
      child.once("close", finish);
    });
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}
