import path from "node:path";
import { PortError } from "../../../lib/port-error.ts";
import { takeFreeLock, takeLock } from "../kernel-lock.ts";

const lockFile = (root: string, key: string): string => path.join(root, "locks", key);

/**
 * Works on a key while no other process of this host does; a dead one's lock ended with it.
 *
 * @throws {PortError} `sandbox`, retryable, when another process holds it for longer than the limit
 */
export async function locked<Result>(
  { root, limitMs }: { readonly root: string; readonly limitMs: number },
  key: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const lock = await takeLock(lockFile(root, key), limitMs);
  if (lock === null) {
    const message = `another process still makes the dependencies ${key} after ${limitMs} ms`;
    throw new PortError("sandbox", message, { retryable: true });
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** The same, unless somebody works on the key right now: then not at all. */
export async function whileFree(
  root: string,
  key: string,
  work: () => Promise<void>,
): Promise<void> {
  const lock = takeFreeLock(lockFile(root, key));
  if (lock === null) return;
  try {
    await work();
  } finally {
    lock.release();
  }
}
