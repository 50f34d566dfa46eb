import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { argumentsOf, identifyProcess, type ProcessIdentity } from "./process-identity.ts";

/** A running PostgreSQL, as its own lock file describes it. */
export type Postmaster = { readonly process: ProcessIdentity; readonly socketDir: string };

/**
 * Reads who serves a cluster now. A lock file whose pid belongs to another program by now (after
 * a reboot, say) is removed, because PostgreSQL would refuse to start because of it. One whose pid
 * is free stays: PostgreSQL finds by it the shared memory that a killed server left.
 *
 * @returns null when nobody serves it
 */
export function findPostmaster(cluster: string): Postmaster | null {
  const lockFile = join(cluster, "postmaster.pid");
  // Line 1 is the pid, line 5 the first folder of sockets.
  const lines = readLines(lockFile);
  const pid = Number(lines[0]);
  const process = Number.isInteger(pid) && pid > 0 ? identifyProcess(pid) : null;
  if (!process) return null;
  if (!argumentsOf(pid).includes(cluster)) {
    rmSync(lockFile, { force: true });
    return null;
  }
  return { process, socketDir: lines[4] ?? "" };
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}
