import { access, lstat, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { shortId } from "../../lib/ids.ts";
import { cellFolders } from "./cell-folders.ts";

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
/** Trying takes a cell, and whoever passes may hold up others meanwhile. */
const AGAIN_MS = 600_000;

const Note = z.object({ bytes: z.number(), reason: z.string() });
const UNREADABLE = { bytes: 0, reason: "its note cannot be read" };

/**
 * Removes a folder; where that fails it is noted instead, and left alone for a while. Never throws.
 *
 * @param remove a folder that is gone afterwards was removed
 */
export async function removeOrNote(
  { folder, bytes }: { readonly folder: string; readonly bytes: number },
  remove: (folder: string) => Promise<void>,
  onStuck: OnStuck,
): Promise<void> {
  const note = folder + STUCK_ENDING;
  const notedAtMs = await lstat(note).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
  if (notedAtMs !== null && Date.now() - notedAtMs < AGAIN_MS && (await isThere(folder))) return;
  const why = await remove(folder).then(() => null, reasonOf);
  // Another process may have been faster.
  if (why !== null && (await isThere(folder))) {
    const unnoted = await writeNote(note, { bytes, reason: why }).then(() => null, reasonOf);
    if (unnoted !== null) onStuck(folder, `${why}; that cannot be noted: ${unnoted}`);
    else if (notedAtMs === null) onStuck(folder, why);
    return;
  }
  // One that stays is dropped by whoever reads it: its folder is gone.
  await rm(note, { force: true }).catch(() => undefined);
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
  const found = await Promise.all(cellFolders(dataDir).map(stuckIn));
  return found.flat();
}

/** Whole or not at all. */
async function writeNote(note: string, what: z.infer<typeof Note>): Promise<void> {
  const draft = `${note}.${shortId()}`;
  try {
    await writeFile(draft, JSON.stringify(what), { flush: true });
    await rename(draft, note);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function readNote(note: string): Promise<StuckFolder | null> {
  const folder = note.slice(0, -STUCK_ENDING.length);
  if (await isThere(folder))
    return { folder, ...parse(await readFile(note, "utf8").catch(() => "")) };
  // A person removed it.
  await rm(note, { force: true }).catch(() => undefined);
  return null;
}

function parse(text: string): z.infer<typeof Note> {
  try {
    return Note.safeParse(JSON.parse(text)).data ?? UNREADABLE;
  } catch {
    return UNREADABLE; // Anything may have cut it short.
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function isThere(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
