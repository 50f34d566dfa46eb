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

test("a call that ran though nobody let it run is seen (T1, A7)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(
    `insert into approvals (epic_id, id, agent, tool, input, limit_ms, state)
      select id, 'b7k2', 'supervisor', 'epic_fail', '{}', 1000, 'RAN' from epics`,
  );
  await sql(
    `insert into history (epic_id, noun, noun_key, from_state, to_state, cause)
      select id, 'approval', 'b7k2', null, 'PENDING', 'tool epic_fail' from epics`,
  );
  await sql(
    `insert into history (epic_id, noun, noun_key, from_state, to_state, cause)
      select id, 'approval', 'b7k2', 'PENDING', 'RAN', 'tool run_approved' from epics`,
  );

  expect(await wrongIn(world)).toEqual(["13: something moved as no rule allows"]);
});
