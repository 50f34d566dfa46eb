import { lstat, readFile, rename, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { shortId } from "../../../lib/ids.ts";
import type { DependencySet } from "../../../ports/dependencies.ts";

// What this host knows about sets. A note is written whole and renamed into place; its time is when
// it was asked for last, or, of a failure, when that happened.

export type SetNote =
  | { readonly kind: "ready"; readonly set: DependencySet }
  | { readonly kind: "failed"; readonly output: string };

/** Where notes are, and how long a failure is one. */
export type Notes = { readonly folder: string; readonly failedMs: number };

export const NOTE_ENDING = ".json";

/**
 * What is known about a key; asking keeps a set from being the next to go. A set that is gone, or
 * going right now, is not known.
 */
export async function noteOf(notes: Notes, key: string): Promise<SetNote | null> {
  const file = path.join(notes.folder, key + NOTE_ENDING);
  const found = await readNote(notes, file);
  if (found?.note.kind !== "ready") return found?.note ?? null;
  if (!(await isSetThere(found.note.set))) return null;
  const now = new Date();
  return await utimes(file, now, now).then(
    () => found.note,
    () => null,
  );
}

/** Whether a set that a note names is still on this host. */
export async function isSetThere({ dir }: DependencySet): Promise<boolean> {
  return await lstat(dir).then(
    () => true,
    () => false,
  );
}

/** A note with its time; null when there is none, or it is a failure of long ago. */
export async function readNote(
  { failedMs }: Notes,
  file: string,
): Promise<{ readonly note: SetNote; readonly askedAtMs: number } | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  // Written by this file alone, whole or not at all.
  const note = JSON.parse(text) as SetNote;
  const stats = await lstat(file).catch(() => null);
  if (stats === null) return null;
  const { mtimeMs: askedAtMs } = stats;
  if (note.kind === "failed" && Date.now() - askedAtMs >= failedMs) return null;
  return { note, askedAtMs };
}

/** Makes a note the newest about a key, whole or not at all. */
export async function writeNote({ folder }: Notes, key: string, note: SetNote): Promise<void> {
  const file = path.join(folder, key + NOTE_ENDING);
  const draft = `${file}.${shortId()}`;
  await writeFile(draft, JSON.stringify(note), { flush: true });
  await rename(draft, file);
}
