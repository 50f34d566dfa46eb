import { access, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

// Folders that cells wrote into and that cannot be removed: each has a note beside it, so that it
// is told once, counted, and shown to whoever looks after the host. It stops nothing else.

/** Told of a folder that cannot be removed when that is news. */
export type OnStuck = (folder: string, reason: string) => void;

export type StuckFolder = {
  /** Absolute. */
  readonly folder: string;
  /** Its size as far as that was known; else 0. */
  readonly bytes: number;
  readonly reason: string;
};

/** Of the note beside a folder. */
export const STUCK_ENDING = ".stuck";

/**
 * Removes a folder; where that fails it is noted instead.
 *
 * @param remove tried each time; a folder that is gone afterwards was removed
 */
export async function removeOrNote(
  { folder, bytes }: { readonly folder: string; readonly bytes: number },
  remove: (folder: string) => Promise<void>,
  onStuck: OnStuck,
): Promise<void> {
  const note = folder + STUCK_ENDING;
  try {
    await remove(folder);
  } catch (error) {
    // Another process may have been faster.
    if (await isThere(folder)) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!(await isThere(note))) onStuck(folder, reason);
      await writeFile(note, JSON.stringify({ folder, bytes, reason } satisfies StuckFolder));
      return;
    }
  }
  await rm(note, { force: true });
}

/** The folders in a folder that could not be removed and are still there. */
export async function stuckIn(parent: string): Promise<readonly StuckFolder[]> {
  const names = await readdir(parent).catch(() => []);
  const notes = names.filter((name) => name.endsWith(STUCK_ENDING));
  const found = await Promise.all(notes.map((name) => readNote(path.join(parent, name))));
  return found.filter((one) => one !== null);
}

/** All that a product of a data folder could not remove. */
export async function stuckBelow(dataDir: string): Promise<readonly StuckFolder[]> {
  const parents = ["dependencies/sets", "dependencies/lent", "cells/verify"];
  const found = await Promise.all(parents.map((parent) => stuckIn(path.join(dataDir, parent))));
  return found.flat();
}

async function readNote(note: string): Promise<StuckFolder | null> {
  const text = await readFile(note, "utf8").catch(() => null);
  if (text === null) return null;
  // Written by this file alone.
  const stuck = JSON.parse(text) as StuckFolder;
  if (await isThere(stuck.folder)) return stuck;
  // A person removed it.
  await rm(note, { force: true });
  return null;
}

async function isThere(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
