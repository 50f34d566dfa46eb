import { spawn } from "node:child_process";
import { join } from "node:path";
import { noteProcess } from "./noted-processes.ts";
import { identifyProcess, stopProcess } from "./process-identity.ts";

const program = join(import.meta.dirname, "guard.ts");
const defaultGraceMs = 3_000;
/** A process that writes to a slow disk, or dumps its memory, takes its time to be gone. */
const defaultGoneLimitMs = 600_000;

export type GuardOptions = {
  readonly dataDir: string;
  /** Where the agents' terminals are, when they are to end with the run; null leaves them. */
  readonly runtimeDir: string | null;
  /** How long another run may take to go on with what a killed one left. Default 3_000. */
  readonly graceMs?: number;
  /** How long a killed run may take to be gone. Default 600_000. */
  readonly goneLimitMs?: number;
  /** The data folder is of no use to anybody after the run, and goes with it. Default false. */
  readonly isTemporary?: boolean;
};

/**
 * Starts the guard of a run: when this process is killed, it ends what was noted for the data
 * folder.
 *
 * @returns how to end the guard itself, once everything else has ended
 */
export function startGuard({
  dataDir,
  runtimeDir,
  graceMs = defaultGraceMs,
  goneLimitMs = defaultGoneLimitMs,
  isTemporary = false,
}: GuardOptions): () => Promise<void> {
  const own = identifyProcess(process.pid);
  if (!own) throw new Error("this process cannot read its own entry in /proc");
  const args = [program, dataDir, graceMs, goneLimitMs, own.pid, own.startTicks].map(String);
  args.push(runtimeDir ?? "", ...(isTemporary ? ["temporary"] : []));
  // A session of its own: what kills our process group or closes our terminal must not reach it.
  const child = spawn(process.execPath, args, {
    cwd: "/",
    env: { PATH: process.env.PATH ?? "" },
    detached: true,
    stdio: ["pipe", "ignore", "inherit"],
  });
  // It may end before us; the pipe is never written to.
  child.stdin?.on("error", () => {});
  child.unref();
  const { pid } = child;
  if (pid === undefined) throw new Error("the guard of this run could not be started");
  noteProcess(dataDir, "the guard", pid);
  const identity = identifyProcess(pid);
  return async () => {
    if (identity) await stopProcess(identity);
  };
}
