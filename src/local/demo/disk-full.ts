import { statfsSync } from "node:fs";

/** Below that, no file of any use fits. */
const leastBytes = 1024 * 1024;
const saidOfIt = /ENOSPC|No space left on device/i;

/**
 * Whether a disk is what a run broke by. Who fails on it often cleans up behind itself, so what was
 * said of it counts as well.
 *
 * @returns a sentence for people; null when it is not
 */
export function whyDiskIsFull(folder: string, error: unknown): string | null {
  if (!saidOfIt.test(textOf(error)) && !isFull(folder)) return null;
  return `The disk of ${folder} is full: free space on it, or name a folder elsewhere with --data.`;
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\n${textOf(error.cause)}`;
  return `${error.message}${cause}`;
}

function isFull(folder: string): boolean {
  try {
    const { blocks, bavail, bsize } = statfsSync(folder);
    // Some file systems do not tell.
    return blocks > 0 && bavail * bsize < leastBytes;
  } catch {
    return false;
  }
}
