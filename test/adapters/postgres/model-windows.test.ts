import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../../src/adapters/postgres/database.ts";
import { openTestStore } from "../../support/store.ts";

const name = "calls by the minute";
const minuteMs = 60_000;
const asked = (want: number, remaining: number | null = null) => ({
  ...{ name, limit: 60, perMs: minuteMs, want, remaining },
});

async function opened() {
  const { store, databaseUrl } = await openTestStore();
  const { pool } = openDatabase(databaseUrl);
  onTestFinished(async () => {
    await pool.end();
    await store.close();
  });
  const lease = async (want: number, remaining: number | null = null) =>
    (await store.modelWindows.lease([asked(want, remaining)])).get(name) ?? null;
  // Time passes for the database alone.
  const pass = (seconds: number) =>
    pool.query(`update model_windows set filled_at = filled_at - interval '${seconds} seconds'`);
  return { store, lease, pass };
}

test("slices of two processes are never more than the window together (G2)", async () => {
  const { lease } = await opened();

  const slices = await Promise.all(Array.from({ length: 30 }, () => lease(4)));

  const sum = slices.reduce<number>((total, slice) => total + (slice ?? 0), 0);
  expect(sum).toBeGreaterThanOrEqual(60);
  expect(sum).toBeLessThan(62);
});

test("a window fills up by the database's clock, so a dead process's slice comes back (G2)", async () => {
  const { lease, pass } = await opened();
  await lease(60);

  await pass(5);
  const afterFive = await lease(60);
  await pass(3_600);
  const afterAnHour = await lease(100);

  expect(afterFive).toBeGreaterThanOrEqual(5);
  expect(afterFive).toBeLessThan(6);
  expect(afterAnHour).toBe(60);
});

test("what is given back is another's at once, and never more than the window (G2)", async () => {
  const { lease } = await opened();
  await lease(60);

  await lease(-10);
  expect(await lease(30)).toBeGreaterThanOrEqual(10);
  await lease(-500);
  expect(await lease(100)).toBe(60);
});

test("what the provider says is left counts when it is less (G2)", async () => {
  const { lease } = await opened();

  expect(await lease(20, 12)).toBe(12);
  expect(await lease(20, 50)).toBeLessThan(1);
});

test("another limit is taken over, and told to processes that start later (G2)", async () => {
  const { store, lease } = await opened();
  await lease(10);

  await store.modelWindows.lease([{ ...asked(0), limit: 30 }]);

  expect(await store.modelWindows.known()).toEqual([{ name, limit: 30, perMs: minuteMs }]);
  expect(await lease(60)).toBeLessThan(31);
});

test("several windows are leased in one go (G2)", async () => {
  const { store } = await opened();
  const two = ["b", "a"].map((other) => ({ ...asked(5), name: other }));

  const rounds = await Promise.all([1, 2, 3].map(() => store.modelWindows.lease(two)));

  expect(rounds.map((round) => [round.get("a"), round.get("b")])).toEqual([
    ...[1, 2, 3].map(() => [5, 5]),
  ]);
});
