import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { awaitFact } from "../../lib/await-fact.ts";
import { isProcessAlive } from "../../lib/process-alive.ts";

const LOOK_EVERY_MS = 100;

const lockFile = (root: string, key: string): string => path.join(root, "locks", key);

/**
 * Works on a key while no other process of this host does; a dead one's lock is taken over.
 *
 * @throws {Error} when another process holds it for longer than the limit
 */
export async function locked<Result>(
  { root, limitMs }: { readonly root: string; readonly limitMs: number },
  key: string,
  work: () => Promise<Result>,
): Promise<Result> {
  await mkdir(path.join(root, "locks"), { recursive: true, mode: 0o700 });
  await awaitFact(
    `the setup ${key} of another process is over`,
    () => takeLock(root, key),
    (isTaken) => isTaken,
    { limitMs, everyMs: LOOK_EVERY_MS },
  );
  try {
    return await work();
  } finally {
    await rm(lockFile(root, key), { force: true });
  }
}

/** Whether a living process works on a key. */
export async function isLocked(root: string, key: string): Promise<boolean> {
  const text = await readFile(lockFile(root, key), "utf8").catch(() => null);
  return text !== null && (text === "" || isProcessAlive(Number(text)));
}

async function takeLock(root: string, key: string): Promise<boolean> {
  if (await isLocked(root, key)) return false;
  const lock = lockFile(root, key);
  await rm(lock, { force: true });
  return await writeFile(lock, String(process.pid), { flag: "wx" }).then(
    () => true,
    () => false,
  );
}
