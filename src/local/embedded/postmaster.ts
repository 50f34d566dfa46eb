import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { argumentsOf, identifyProcess, type ProcessIdentity } from "./process-identity.ts";

/** A running PostgreSQL, as its own lock file describes it. */
export type Postmaster = { readonly process: ProcessIdentity; readonly socketDir: string };

// Larger than any pid of Linux: to PostgreSQL, a process that has ended.
const NOBODY = 2_147_483_647;

/**
 * Reads who serves a cluster now, from its lock file (postmaster.pid).
 *
 * PostgreSQL refuses to start while the file's pid exists, also when it is a zombie that nobody
 * buries, or another program since a reboot. Such a pid is replaced by one that cannot exist; the
 * rest of the file stays, because by it PostgreSQL finds the shared memory of sessions that outlived
 * their server.
 *
 * @returns null when nobody serves it
 */
export function findPostmaster(cluster: string): Postmaster | null {
  const lockFile = join(cluster, "postmaster.pid");
  // Line 1 is the pid, line 5 the first folder of sockets.
  const [first = "", ...rest] = readLines(lockFile);
  const pid = Number(first);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const process = identifyProcess(pid);
  if (process && argumentsOf(pid).includes(cluster)) return { process, socketDir: rest[3] ?? "" };
  if (pid !== NOBODY) rewrite(lockFile, [NOBODY, ...rest].join("\n"));
  return null;
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}

// In place, so that it stays its owner's, and never through a link that the owner could have made.
function rewrite(path: string, text: string): void {
  const file = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    ftruncateSync(file);
    writeSync(file, text, 0);
  } finally {
    closeSync(file);
  }
}
