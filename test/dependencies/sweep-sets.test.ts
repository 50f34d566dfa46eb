import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { locked } from "../../src/adapters/sandbox/dependencies/set-lock.ts";
import { noteOf } from "../../src/adapters/sandbox/dependencies/set-notes.ts";
import { hostWithSets } from "./host-with-sets.ts";

test("a sweep leaves a set alone that became ready while it removed others (Q3b, R9)", async () => {
  const { folder, made, addNote, addSet, sweep, duringDiscard } = hostWithSets(["a1", "b1"]);
  addSet("c1");
  rmSync(join(folder, "c1.json"));
  duringDiscard(() => addNote("c1"));

  await sweep();

  expect(existsSync(made("a1"))).toBe(false);
  expect(existsSync(made("c1"))).toBe(true);
  expect(readdirSync(folder)).toContain("c1.json");
});

test("a sweep leaves a set alone that was asked for while it removed others (Q3b, R9)", async () => {
  const { folder, made, sweep, duringDiscard } = hostWithSets(["a1", "b1"]);
  const notes = { folder, failedMs: 1_000 };
  duringDiscard(async () => void (await noteOf(notes, "b1")));

  await sweep();

  expect([made("a1"), made("b1")].map((it) => existsSync(it))).toEqual([false, true]);
  expect(await noteOf(notes, "b1")).toMatchObject({ kind: "ready" });
});

test("a sweep takes nothing of a key that somebody works on (Q3b, R9)", async () => {
  const { root, made, sweep } = hostWithSets(["a1"]);

  await locked({ root, limitMs: 1_000 }, "a1", () => sweep());
  expect(existsSync(made("a1"))).toBe(true);

  await sweep();
  expect(existsSync(made("a1"))).toBe(false);
});

test("a set whose folder is gone is not known any more (Q3b)", async () => {
  const { folder, made, sweep } = hostWithSets(["a1"]);
  rmSync(made("a1"), { recursive: true });

  expect(await noteOf({ folder, failedMs: 1_000 }, "a1")).toBeNull();
  await sweep({ keepSets: 10 });
  expect(readdirSync(folder)).toEqual([]);
});

test("drafts of notes that a crash left go, too (Q3b)", async () => {
  const { folder, addFile, sweep } = hostWithSets(["a1"]);
  addFile("a1.json.x7", "half a no");
  addFile("a1.json.going", "{}");

  await sweep({ keepSets: 10 });

  expect(readdirSync(folder).sort()).toEqual(["a1-made", "a1.json"]);
});

test("a hand-out whose note a power cut emptied stops no sweep (Q3b, R9)", async () => {
  const { root, made, sweep } = hostWithSets(["a1"]);
  const lent = join(root, "lent", "f0");
  mkdirSync(lent, { recursive: true });
  writeFileSync(join(lent, "note.json"), "");

  await sweep();

  expect(existsSync(made("a1"))).toBe(false);
});
