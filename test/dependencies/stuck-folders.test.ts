import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  type SweepOptions,
  sweepSets,
} from "../../src/adapters/sandbox/dependencies/sweep-sets.ts";
import { readConfig } from "../../src/config.ts";
import { checkLeftovers } from "../../src/doctor/leftovers.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const DAY_MS = 86_400_000;

/** The sets of a host, asked for long ago, each of 100 bytes; the first-named longest ago. */
function hostWithSets(names: readonly string[]) {
  const dataDir = temporaryFolder();
  const root = join(dataDir, "dependencies");
  const folder = join(root, "sets");
  mkdirSync(folder, { recursive: true });
  for (const [index, key] of names.entries()) {
    const dir = join(folder, `${key}-made`, "kept");
    mkdirSync(dir, { recursive: true });
    const set = { key, dir, paths: [], owner: 0, bytes: 100, files: 1 };
    const note = join(folder, `${key}.json`);
    writeFileSync(note, JSON.stringify({ kind: "ready", set }));
    const at = new Date(Date.now() - DAY_MS + index * 1_000);
    utimesSync(note, at, at);
  }
  const immovable = new Set<string>();
  const told: string[] = [];
  const sweep = async (limits: Partial<SweepOptions> = {}): Promise<void> =>
    await sweepSets({
      ...{ root, notes: { folder, failedMs: 1_000 }, keepSets: 1, keepBytes: 1_000, ...limits },
      discard: async (it) => {
        if (immovable.has(it)) throw new Error("emptying it failed: Operation not permitted");
        await rm(it, { recursive: true });
      },
      onStuck: (it, reason) => void told.push(`${it} ${reason}`),
    });
  return {
    dataDir,
    folder,
    immovable,
    told,
    sweep,
    made: (key: string) => join(folder, `${key}-made`),
  };
}

test("a set that cannot be removed stops no sweep, is told once, and shown by the doctor until it is gone (Q3b, O5)", async () => {
  const { dataDir, folder, immovable, told, sweep, made } = hostWithSets(["a1", "b1"]);
  immovable.add(made("a1"));

  await sweep();
  await sweep();

  expect([made("a1"), made("b1")].map((it) => existsSync(it))).toEqual([true, false]);
  expect(told).toEqual([`${made("a1")} emptying it failed: Operation not permitted`]);
  const config = readConfig({ DATA_DIR: dataDir });
  expect(await checkLeftovers(config)).toMatchObject([
    { state: "warning", says: expect.stringContaining(`${made("a1")} (1 MiB) cannot be removed`) },
  ]);
  immovable.clear();
  await sweep();
  expect(readdirSync(folder)).toEqual([]);
  expect(await checkLeftovers(config)).toMatchObject([{ state: "ok" }]);
});

test("what cannot be removed goes on counting, until a person removed it (Q3b, O5)", async () => {
  const { folder, immovable, sweep, made } = hostWithSets(["a1", "b1", "c1"]);
  immovable.add(made("a1"));

  await sweep({ keepSets: 10, keepBytes: 200 });
  expect(readdirSync(folder).sort()).toContain("b1.json");
  await sweep({ keepSets: 10, keepBytes: 200 });

  expect(existsSync(made("b1"))).toBe(false);
  expect(existsSync(made("c1"))).toBe(true);
  await rm(made("a1"), { recursive: true });
  await sweep({ keepSets: 10, keepBytes: 100 });
  expect(existsSync(made("c1"))).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(["c1-made", "c1.json"]);
});
