import { randomUUID } from "node:crypto";
import type { Dirent } from "node:fs";
import { chmod, lstat, mkdir, readdir, rename, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "./mirror.ts";

/** Files removed at once. */
const batch = 64;

/**
 * Removes a folder whatever an agent left in it: links are removed, never followed; folders that
 * nobody may enter are opened; no path gets longer than a few names, however deep the tree is.
 * A crash leaves the rest in `trash`, where the next call for that `trash` finds it.
 *
 * @param path the folder; missing is success. Nothing may change it meanwhile
 * @param trash a folder on the same file system, for this purpose alone
 */
export async function removeFolder(path: string, trash: string): Promise<void> {
  await mkdir(trash, { recursive: true });
  await moveToTrash(path, trash);
  // Emptying a folder brings its own folders up into the trash: until there is nothing left.
  for (let names = await readdir(trash); names.length > 0; names = await readdir(trash)) {
    for (const name of names) await emptyFolder(join(trash, name), trash);
  }
}

async function moveToTrash(path: string, trash: string): Promise<void> {
  await unlessMissing(async () => {
    const stats = await lstat(path);
    if (!stats.isDirectory()) return unlink(path);
    // A folder's own mode decides whether it may move to another parent.
    await chmod(path, 0o700);
    await rename(path, join(trash, randomUUID()));
  });
}

async function emptyFolder(folder: string, trash: string): Promise<void> {
  await unlessMissing(async () => {
    const entries = await readdir(folder, { withFileTypes: true, encoding: "buffer" });
    for (let at = 0; at < entries.length; at += batch) {
      await Promise.all(entries.slice(at, at + batch).map((entry) => remove(folder, trash, entry)));
    }
    await rmdir(folder);
  });
}

/** Names are bytes: an agent may leave some that are no text. */
async function remove(folder: string, trash: string, entry: Dirent<Buffer>): Promise<void> {
  const path = Buffer.concat([Buffer.from(`${folder}/`), entry.name]);
  await unlessMissing(async () => {
    if (!entry.isDirectory()) return unlink(path);
    await chmod(path, 0o700);
    await rename(path, join(trash, randomUUID()));
  });
}

/** Another process may be emptying the same trash. */
async function unlessMissing(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
