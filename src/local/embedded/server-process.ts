import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { openLog, tailOfLog } from "./log-file.ts";
import { identifyProcess, type ProcessIdentity } from "./process-identity.ts";
import type { ServiceUser } from "./service-user.ts";

export type ServerCommand = {
  readonly program: string;
  readonly args: readonly string[];
  readonly logFile: string;
  /** null runs it as ourselves. */
  readonly user: ServiceUser | null;
};

export type ServerProcess = {
  readonly identity: ProcessIdentity;
  /** Null while it runs; then why it ended, with the last lines of its log. */
  readonly ended: () => string | null;
};

/**
 * Starts a server that outlives us: in a session of its own, so that neither a closed terminal nor
 * the end of our process group takes it along. The next start adopts it.
 *
 * @throws {Error} when the program cannot be run
 */
export async function startServerProcess(command: ServerCommand): Promise<ServerProcess> {
  const { program, args, logFile, user } = command;
  const log = openLog(logFile);
  const child = spawn(program, [...args], {
    cwd: "/",
    // Nothing of ours: a server that listens to nobody but us needs no secret and no proxy.
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", TZ: "UTC" },
    stdio: ["ignore", log, log],
    detached: true,
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  closeSync(log);
  const pid = await spawned(child, program);
  child.unref();
  return {
    identity: identifyProcess(pid) ?? { pid, startTicks: -1 },
    ended: () => {
      if (child.exitCode === null && child.signalCode === null) return null;
      const how = child.signalCode ?? `exit code ${child.exitCode}`;
      return `${program} ended with ${how}:\n${tailOfLog(logFile)}`;
    },
  };
}

function spawned(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) =>
      reject(new Error(`${program} could not be started: ${cause.message}`, { cause })),
    );
    child.once("spawn", () => resolve(child.pid ?? -1));
  });
}
