import { openSync, readFileSync, renameSync, statSync } from "node:fs";

const LARGEST_BYTES = 10_000_000;
const OF_OWNER_ONLY = 0o600;

/**
 * Opens a log for appending. One that has grown past 10 MB is put aside as `.old` first.
 *
 * @returns a file descriptor; the caller closes it once the child has it
 */
export function openLog(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGEST_BYTES) renameSync(path, `${path}.old`);
  return openSync(path, "a", OF_OWNER_ONLY);
}

/** The last lines of a log, for an error's text; empty when there is none. */
export function tailOfLog(path: string, lines = 8): string {
  try {
    return readFileSync(path, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } catch {
    return "";
  }
}
