import { beforeAll, expect, test } from "vitest";
import { beforeBreaking, beforeBreakingLimitMs, openBrokenWorld, wrongIn } from "./broken-world.ts";

beforeAll(beforeBreaking, beforeBreakingLimitMs);

test("something in a state that it never moved to is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update agents set state = 'KILLED' where key = 'worker/1'");

  expect(await wrongIn(world)).toEqual(["13: something is in a state it never moved to"]);
});

test("a move that no rule allows is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(
    `update history set from_state = 'IN_PROGRESS'
      where noun = 'task' and noun_key = '1' and to_state = 'PENDING_REVIEW'`,
  );
  await sql(
    `update history set to_state = 'IN_PROGRESS'
      where noun = 'task' and noun_key = '1' and to_state = 'CHANGES_REQUESTED'`,
  );

  expect(await wrongIn(world)).toEqual(["13: something moved as no rule allows"]);
});

test("a move that does not begin where the last one ended is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(
    "delete from history where noun = 'agent' and noun_key = 'worker/2' and to_state = 'RUNNING'",
  );

  expect(await wrongIn(world)).toEqual(["13: a move does not begin where the last one ended"]);
});
