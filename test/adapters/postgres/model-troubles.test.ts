import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../../src/adapters/postgres/database.ts";
import { openTestStore } from "../../support/store.ts";

const troubleMs = 180_000;

async function opened() {
  const { store, databaseUrl } = await openTestStore();
  const { pool } = openDatabase(databaseUrl);
  onTestFinished(async () => {
    await pool.end();
    await store.close();
  });
  // Time passes for the database alone.
  const pass = (seconds: number) =>
    pool.query(`update model_troubles set began_at = began_at - interval '${seconds} seconds',
      failed_at = failed_at - interval '${seconds} seconds',
      probe_at = probe_at - interval '${seconds} seconds'`);
  const fail = () => store.modelTroubles.failed("529", troubleMs);
  const failFor = async (seconds: number) => {
    await fail();
    for (let left = seconds; left > 0; left -= 30) {
      await pass(30);
      await fail();
    }
  };
  const newest = async () => {
    const { rows } = await pool.query(
      "select reason, ended_at from model_troubles where declared_at is not null order by id desc",
    );
    return rows[0] ?? null;
  };
  return { troubles: store.modelTroubles, pool, newest, pass, fail, failFor };
}

test("failures make a long trouble only when nothing else comes for so long (G3)", async () => {
  const { troubles, newest, fail, failFor, pass } = await opened();

  await failFor(120);
  expect(await newest()).toBeNull();
  await troubles.answered();
  await failFor(150);
  expect(await newest()).toBeNull();
  await failFor(60);

  expect(await newest()).toMatchObject({ reason: "529", ended_at: null });
  await pass(600);
  await fail();
  expect(await newest()).toMatchObject({ ended_at: null });
});

test("two failures with a long silence between them are no long trouble (G3)", async () => {
  const { newest, fail, pass } = await opened();

  await fail();
  await pass(3_600);
  await fail();

  expect(await newest()).toBeNull();
});

test("during a long trouble one start at a time is let through to see whether it is over (G3)", async () => {
  const { troubles, failFor, pass } = await opened();
  expect(await troubles.modelTrouble()).toBeNull();
  await failFor(180);

  const asked = [];
  for (const _ of [1, 2, 3]) asked.push(await troubles.modelTrouble(30_000));
  await pass(31);

  expect(asked.map((trouble) => trouble?.reason ?? "may start")).toEqual([
    ...["may start", "529", "529"],
  ]);
  expect(await troubles.modelTrouble(30_000)).toBeNull();
});

test("one answer ends a long trouble, and what never was one leaves nothing (G3)", async () => {
  const { troubles, newest, pool, fail, failFor } = await opened();
  await failFor(180);

  await troubles.answered();
  await fail();
  await troubles.answered();

  expect(await troubles.modelTrouble()).toBeNull();
  expect(await newest()).toMatchObject({ ended_at: expect.any(Date) });
  expect((await pool.query("select 1 from model_troubles")).rowCount).toBe(1);
});
