import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { describeFactory } from "../../bench/stage/describe-factory.ts";
import { openTestEpic, openTestStore } from "../support/store.ts";

test("who waits in vain for a factory is told in words what it is at", async () => {
  const { store, databaseUrl } = await openTestStore();
  onTestFinished(() => store.close());
  const pool = new pg.Pool({ connectionString: databaseUrl });
  onTestFinished(() => pool.end());
  const rows = async (question: string) => (await pool.query(question)).rows;
  const empty = await describeFactory(rows);
  await openTestEpic(store);

  const begun = await describeFactory(rows);

  expect(empty).toBe("agents: none; their lives: none; tasks: none; waiting to be done: none");
  expect(begun).toMatch(/^agents: 1 STARTING; .*waiting to be done: .*1 startLife/);
});
