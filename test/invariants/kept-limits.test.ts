import { beforeAll, expect, test } from "vitest";
import { beforeBreaking, beforeBreakingLimitMs, openBrokenWorld, wrongIn } from "./broken-world.ts";

beforeAll(beforeBreaking, beforeBreakingLimitMs);

test("an agent that crashed too often is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update agents set crashes = 6 where key = 'worker/1'");

  expect(await wrongIn(world)).toEqual(["11: an agent was started again after too many crashes"]);
});

test.each([
  [{ maxWorkers: 2 }, "more workers were started than may be at work"],
  [{ maxTurnsPerLife: 5 }, "a life had more turns than it may"],
  [{ maxCommentsPerIssue: 4 }, "our App flooded an issue"],
])("what went beyond %o is seen (T1)", async (settings, wrong) => {
  const { world } = await openBrokenWorld();

  expect(await wrongIn({ ...world, settings })).toEqual([`11: ${wrong}`]);
});

test("a delivery that was tried too often is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update deliveries set attempts = 6");

  expect(await wrongIn(world)).toEqual(["11: a delivery was tried too often"]);
});
