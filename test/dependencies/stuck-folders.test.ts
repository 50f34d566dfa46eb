import { existsSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { checkLeftovers } from "../../src/doctor/leftovers.ts";
import { hostWithSets } from "./host-with-sets.ts";

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
