import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { DEFAULT_CELL_LIMITS } from "../../src/adapters/sandbox/cell-limits.ts";
import { createLender } from "../../src/adapters/sandbox/dependencies/lending.ts";
import type { RunCell } from "../../src/adapters/sandbox/launcher.ts";
import { createPlainFolders } from "../../src/adapters/sandbox/plain-folders.ts";
import { removeOrNote, stuckBelow } from "../../src/adapters/sandbox/stuck-folders.ts";
import { readConfig } from "../../src/config.ts";
import { checkLeftovers } from "../../src/doctor/leftovers.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { hostWithSets } from "./host-with-sets.ts";

const HOUR_MS = 3_600_000;

function longAgo(file: string): void {
  const at = new Date(Date.now() - HOUR_MS);
  utimesSync(file, at, at);
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
  longAgo(`${made("a1")}.stuck`);
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

test("a note that a full disk cut short stops neither a sweep nor the doctor (Q3b, O5)", async () => {
  const { dataDir, told, immovable, addFile, sweep, made } = hostWithSets(["a1"]);
  immovable.add(made("a1"));
  addFile("a1-made.stuck", "");
  addFile("b1-made.stuck", '{"folder":');

  const says = expect.stringContaining(`${made("a1")} cannot be removed: its note cannot be read`);
  expect(await checkLeftovers(readConfig({ DATA_DIR: dataDir }))).toMatchObject([{ says }]);
  await sweep();
  expect(told).toEqual([]);
});

test("what cannot even be noted is told, and breaks nothing (Q3b, O5)", async () => {
  const folder = join(temporaryFolder(), "x".repeat(252));
  mkdirSync(folder);
  const told: string[] = [];
  const remove = () => Promise.reject(new Error("it is busy"));

  await removeOrNote({ folder, bytes: 1 }, remove, (_, reason) => void told.push(reason));

  expect(told).toEqual([expect.stringMatching(/^it is busy; .*cannot be noted: ENAMETOOLONG/)]);
  expect(readdirSync(dirname(folder))).toEqual([basename(folder)]);
});

test("what could not be removed a moment ago is not tried again by each who passes (Q3b, O5)", async () => {
  const folder = join(temporaryFolder(), "left");
  mkdirSync(folder);
  let tries = 0;
  const remove = () => {
    tries += 1;
    return Promise.reject(new Error("it is busy"));
  };
  const pass = () => removeOrNote({ folder, bytes: 1 }, remove, () => undefined);

  await pass();
  await pass();
  expect(tries).toBe(1);
  longAgo(`${folder}.stuck`);
  await pass();
  expect(tries).toBe(2);
});

/** Cells that cannot empty a folder; all else in them works. */
const runCell: RunCell = async (id) => ({
  ...{ exitCode: id.startsWith("empty-") ? 1 : 0, timedOut: false, truncated: false },
  stdout: Buffer.alloc(0),
  output: "Operation not permitted",
});

test("what an agent wrote over its dependencies and cannot be removed keeps it from no other set (Q3b, O5)", async () => {
  const dataDir = temporaryFolder();
  const told: string[] = [];
  const onStuck = (folder: string) => void told.push(folder);
  const root = join(dataDir, "dependencies");
  const options = { root, handOut: "copy", onStuck } as const;
  const lender = createLender(runCell, DEFAULT_CELL_LIMITS, options);
  const worktree = { key: "1", path: "/t/1", gitDir: "/t/1.git", mirror: "/m" };
  const setOf = (key: string) => ({ key, dir: "/s", paths: [], owner: 0, bytes: 1, files: 1 });

  const first = await lender.toWorktree(worktree, setOf("a1"));
  writeFileSync(join(first.dir, "shared", "planted"), "of a1");
  const second = await lender.toWorktree(worktree, setOf("b1"));
  expect(existsSync(join(second.dir, "shared", "planted"))).toBe(false);
  await lender.fromWorktree(worktree);

  expect(await lender.layer(worktree)).toBeNull();
  expect(told).toHaveLength(2);
  expect((await stuckBelow(dataDir)).map(({ folder }) => folder).sort()).toEqual(told.sort());
});

test("a plain process's folder that cannot be removed stops nothing, and is shown (Q3b, O5)", async () => {
  const dataDir = temporaryFolder();
  const root = join(dataDir, "cells/plain");
  mkdirSync(join(root, "f-cell-1"), { recursive: true });
  const told: string[] = [];
  const onStuck = (folder: string) => void told.push(folder);
  const plain = createPlainFolders(runCell, DEFAULT_CELL_LIMITS, { root, onStuck });

  await plain.discard("f-cell-1");
  await plain.sweep();

  expect(told).toEqual([join(root, "f-cell-1")]);
  expect(await stuckBelow(dataDir)).toMatchObject([{ folder: join(root, "f-cell-1") }]);
});
