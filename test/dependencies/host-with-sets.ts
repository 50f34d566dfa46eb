import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type SweepOptions,
  sweepSets,
} from "../../src/adapters/sandbox/dependencies/sweep-sets.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const DAY_MS = 86_400_000;

/** The sets of a host, asked for long ago, each of 100 bytes; the first-named longest ago. */
export function hostWithSets(keys: readonly string[]) {
  const dataDir = temporaryFolder();
  const root = join(dataDir, "dependencies");
  const folder = join(root, "sets");
  const made = (key: string): string => join(folder, `${key}-made`);
  const addFile = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const addNote = (key: string, index = 0): void => {
    const set = { key, dir: join(made(key), "kept"), paths: [], owner: 0, bytes: 100, files: 1 };
    addFile(`${key}.json`, JSON.stringify({ kind: "ready", set }));
    const at = new Date(Date.now() - DAY_MS + index * 1_000);
    utimesSync(join(folder, `${key}.json`), at, at);
  };
  const addSet = (key: string, index = 0): void => {
    mkdirSync(join(made(key), "kept"), { recursive: true });
    addNote(key, index);
  };
  for (const [index, key] of keys.entries()) addSet(key, index);
  const immovable = new Set<string>();
  const told: string[] = [];
  let during = async (): Promise<void> => undefined;
  const sweep = async (limits: Partial<SweepOptions> = {}): Promise<void> =>
    await sweepSets({
      ...{ root, notes: { folder, failedMs: 1_000 }, keepSets: 1, keepBytes: 1_000, ...limits },
      discard: async (it) => {
        await during();
        if (immovable.has(it)) throw new Error("emptying it failed: Operation not permitted");
        await rm(it, { recursive: true });
      },
      onStuck: (it, reason) => void told.push(`${it} ${reason}`),
    });
  return {
    ...{ dataDir, root, folder, immovable, told, sweep, made, addFile, addNote, addSet },
    /** What happens elsewhere while a sweep removes something. */
    duringDiscard: (happens: () => Promise<void> | void) => {
      during = async () => await happens();
    },
  };
}
