import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";

export type Foreground = {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** After so long it gets SIGTERM; null lets it run. */
  readonly limitMs?: number | null;
  /** Told its pid as soon as it runs. */
  readonly onStart?: (pid: number) => void;
};

/**
 * Runs a program with our input and output until it ends, and passes on to it what asks us to end.
 *
 * @returns its exit code; 128 and the signal's number when a signal ended it
 * @throws {Error} naming it, when it cannot be run
 */
export function runForeground(what: Foreground): Promise<number> {
  const { program, args, env, cwd, limitMs = null, onStart } = what;
  const child = spawn(program, [...args], {
    env,
    stdio: "inherit",
    ...(cwd !== undefined && { cwd }),
    ...(limitMs !== null && { timeout: limitMs }),
  });
  if (child.pid !== undefined) onStart?.(child.pid);
  const passOn = (signal: NodeJS.Signals): void => {
    if (signal !== "SIGINT" || !isTerminalOurs()) child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, passOn);
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", (cause) =>
      reject(new Error(`${program} could not be run: ${cause.message}`, { cause })),
    );
    child.once("exit", (code, signal) =>
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)),
    );
  });
  return ended.finally(() => {
    for (const signal of signals) process.off(signal, passOn);
  });
}

/**
 * A terminal sends Ctrl-C to all of its foreground group, the child too; passed on, it would come
 * twice, and a second one means "at once" to most programs.
 */
function isTerminalOurs(): boolean {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    // Behind the name: state, parent, process group, session, terminal, its foreground group.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[2] === fields[5];
  } catch {
    return process.stdin.isTTY === true;
  }
}
