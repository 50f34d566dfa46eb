import { readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { DependencySet } from "../../../ports/dependencies.ts";
import { type OnStuck, removeOrNote, STUCK_ENDING, stuckIn } from "../stuck-folders.ts";
import { lentBelow } from "./lend.ts";
import { whileFree } from "./set-lock.ts";
import { isSetThere, NOTE_ENDING, type Notes, readNote } from "./set-notes.ts";

export type SweepOptions = {
  readonly root: string;
  readonly notes: Notes;
  readonly keepSets: number;
  readonly keepBytes: number;
  /** Removes a folder of a set, whatever is in it. */
  readonly discard: (folder: string) => Promise<void>;
  readonly onStuck: OnStuck;
};

type Found = {
  readonly key: string;
  readonly set: DependencySet;
  readonly file: string;
  readonly askedAtMs: number;
};

/** Between being asked for and being handed out a set is nobody's yet. */
const RECENT_MS = 600_000;

/**
 * Makes room for one more set: those that nobody asked for longest go, unless they are handed out.
 * What crashed setups left goes, too. What cannot be removed goes on counting. Removing takes long,
 * and others work meanwhile: what is removed is looked at again first, under its key's own lock.
 */
export async function sweepSets(options: SweepOptions): Promise<void> {
  const { notes, root } = options;
  const names = await readdir(notes.folder);
  const sets = await readySets(options, names);
  for (const found of await leastUseful(options, sets))
    await whileFree(root, found.key, () => removeSet(options, found));
  const noted = new Set(sets.map(({ set }) => folderOf(set)));
  const stuck = new Map((await stuckIn(notes.folder)).map((one) => [one.folder, one.bytes]));
  for (const name of names) {
    const left = path.join(notes.folder, name);
    const [key = ""] = name.split(/[-.]/);
    if (noted.has(left) || name.endsWith(NOTE_ENDING) || name.endsWith(STUCK_ENDING)) continue;
    await whileFree(root, key, () => removeLeft(options, { key, left, stuck }));
  }
}

async function removeSet(options: SweepOptions, { set, file, askedAtMs, key }: Found) {
  const { root, notes, discard, onStuck } = options;
  if ((await keysInUse(root)).has(key)) return;
  // Asking for a set takes no lock: whoever asks for it from now on does not find its note.
  const going = `${file}.going`;
  if (!(await renamed(file, going))) return;
  const now = await readNote(notes, going);
  const isSame = now?.note.kind === "ready" && now.note.set.dir === set.dir;
  if (!isSame || now.askedAtMs !== askedAtMs) return await rename(going, file);
  await rm(going);
  await removeOrNote({ folder: folderOf(set), bytes: set.bytes }, discard, onStuck);
}

/** What neither a note names nor somebody uses: a setup that crashed left it. */
async function removeLeft(
  { root, notes, discard, onStuck }: SweepOptions,
  what: {
    readonly key: string;
    readonly left: string;
    readonly stuck: ReadonlyMap<string, number>;
  },
): Promise<void> {
  const { key, left, stuck } = what;
  const found = await stat(left).catch(() => null);
  if (found === null) return;
  // A note that was never put into its place.
  if (!found.isDirectory()) return await rm(left, { force: true });
  const now = await readNote(notes, path.join(notes.folder, key + NOTE_ENDING));
  if (now?.note.kind === "ready" && folderOf(now.note.set) === left) return;
  if ((await lentBelow(root)).some(({ set }) => folderOf(set) === left)) return;
  await removeOrNote({ folder: left, bytes: stuck.get(left) ?? 0 }, discard, onStuck);
}

async function leastUseful(
  { root, notes, keepSets, keepBytes }: SweepOptions,
  sets: readonly Found[],
): Promise<readonly Found[]> {
  const inUse = await keysInUse(root);
  const stuck = await stuckIn(notes.folder);
  let bytes = [...sets.map(({ set }) => set), ...stuck].reduce((sum, one) => sum + one.bytes, 0);
  let count = sets.length + 1;
  const gone: Found[] = [];
  for (const found of sets) {
    if (count <= keepSets && bytes <= keepBytes) break;
    if (inUse.has(found.key) || Date.now() - found.askedAtMs < RECENT_MS) continue;
    gone.push(found);
    bytes -= found.set.bytes;
    count -= 1;
  }
  return gone;
}

/** Longest unasked first; notes that say nothing any more are removed. */
async function readySets(
  { notes, root }: SweepOptions,
  names: readonly string[],
): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const name of names.filter((one) => one.endsWith(NOTE_ENDING))) {
    const file = path.join(notes.folder, name);
    const key = name.slice(0, -NOTE_ENDING.length);
    const read = await valid(notes, file);
    if (read === null)
      await whileFree(root, key, async () => {
        if ((await valid(notes, file)) === null) await rm(file, { force: true });
      });
    else if (read.note.kind === "ready") found.push({ ...read, key, set: read.note.set, file });
  }
  return found.sort((one, other) => one.askedAtMs - other.askedAtMs);
}

async function valid(notes: Notes, file: string): ReturnType<typeof readNote> {
  const read = await readNote(notes, file);
  return read?.note.kind !== "ready" || (await isSetThere(read.note.set)) ? read : null;
}

/** A hand-out may be mounted in a cell right now. */
async function keysInUse(root: string): Promise<ReadonlySet<string>> {
  return new Set((await lentBelow(root)).map(({ set }) => set.key));
}

function folderOf({ dir }: DependencySet): string {
  return path.dirname(dir);
}

/** Whether it was there. */
async function renamed(from: string, to: string): Promise<boolean> {
  return await rename(from, to).then(
    () => true,
    () => false,
  );
}
