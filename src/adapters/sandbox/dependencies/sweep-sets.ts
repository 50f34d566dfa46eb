import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { DependencySet } from "../../../ports/dependencies.ts";
import { type OnStuck, removeOrNote, stuckIn } from "../stuck-folders.ts";
import { lentIn } from "./lend.ts";
import { isWorkedOn } from "./set-lock.ts";
import { NOTE_ENDING, type Notes, readNote } from "./set-notes.ts";

export type SweepOptions = {
  readonly root: string;
  readonly notes: Notes;
  readonly keepSets: number;
  readonly keepBytes: number;
  /** Removes a folder of a set, whatever is in it. */
  readonly discard: (folder: string) => Promise<void>;
  readonly onStuck: OnStuck;
};

type Found = { readonly set: DependencySet; readonly file: string; readonly askedAtMs: number };

/** Between being asked for and being handed out a set is nobody's yet. */
const RECENT_MS = 600_000;

/**
 * Makes room for one more set: those that nobody asked for longest go, unless they are handed out.
 * What crashed setups left goes, too. What cannot be removed goes on counting.
 */
export async function sweepSets(options: SweepOptions): Promise<void> {
  const { notes, root, discard, onStuck } = options;
  const names = await readdir(notes.folder);
  const sets = await readySets(notes, names);
  const gone = await leastUseful(options, sets);
  for (const { set, file } of gone) {
    await rm(file, { force: true });
    await removeOrNote({ folder: path.dirname(set.dir), bytes: set.bytes }, discard, onStuck);
  }
  const stuck = new Map(
    (await stuckIn(notes.folder)).map(({ folder, bytes }) => [path.basename(folder), bytes]),
  );
  const noted = new Set(sets.map(({ set }) => path.basename(path.dirname(set.dir))));
  for (const name of names) {
    const [key = ""] = name.split("-");
    const isLeft = !name.includes(".") && !noted.has(name);
    if (!isLeft || isWorkedOn(root, key)) continue;
    const folder = path.join(notes.folder, name);
    await removeOrNote({ folder, bytes: stuck.get(name) ?? 0 }, discard, onStuck);
  }
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
    if (inUse.has(found.set.key) || Date.now() - found.askedAtMs < RECENT_MS) continue;
    gone.push(found);
    bytes -= found.set.bytes;
    count -= 1;
  }
  return gone;
}

/** Longest unasked first; notes of failures that are none any more are removed. */
async function readySets(notes: Notes, names: readonly string[]): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const name of names.filter((one) => one.endsWith(NOTE_ENDING))) {
    const file = path.join(notes.folder, name);
    const read = await readNote(notes, file);
    if (read === null) await rm(file, { force: true });
    else if (read.note.kind === "ready") found.push({ ...read, set: read.note.set, file });
  }
  return found.sort((one, other) => one.askedAtMs - other.askedAtMs);
}

/** A hand-out may be mounted in a cell right now. */
async function keysInUse(root: string): Promise<ReadonlySet<string>> {
  const lent = path.join(root, "lent");
  const names = await readdir(lent).catch(() => []);
  const found = await Promise.all(names.map((name) => lentIn(path.join(lent, name))));
  return new Set(found.flatMap((one) => (one === null ? [] : [one.set.key])));
}
