import { beforeAll, expect, test } from "vitest";
import { beforeBreaking, beforeBreakingLimitMs, openBrokenWorld, wrongIn } from "./broken-world.ts";

beforeAll(beforeBreaking, beforeBreakingLimitMs);

test("a worker that used a supervisor's tool is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update tool_calls set tool = 'epic_fail' where tool = 'task_submit'");

  expect(await wrongIn(world)).toEqual(["7: an agent used a tool of another role"]);
});

test("a worker that had another's task committed is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(
    `update tool_calls set operation = jsonb_set(operation, '{task}', '2')
      where tool = 'git_commit' and agent = 'worker/1'`,
  );

  expect(await wrongIn(world)).toEqual(["7: a worker had something done to another's task"]);
});

test("a worker that submitted another's task is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update history set actor = 'worker/3' where cause = 'tool task_submit'");

  expect(await wrongIn(world)).toEqual(["7: a worker moved another's task"]);
});

test("a dead life that wrote after a newer one had begun is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update turns set life = 2 where agent = 'supervisor' and seq = 3");

  expect(await wrongIn(world)).toEqual([
    "7: a dead life wrote after a newer one had begun",
    "7: a turn of a dead life follows one of a newer life",
  ]);
});

test("an agent with two lives at once is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(
    `insert into lives (epic_id, agent, life, name, role, host, token_hash)
     select epic_id, agent, life + number, name || number, role, host, token_hash || number
       from lives, generate_series(1, 2) as number where agent = 'supervisor'`,
  );

  expect(await wrongIn(world)).toEqual(["7: an agent has two lives at once"]);
});

test("a call of nobody's is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update tool_calls set agent = 'worker/9' where tool = 'task_give_up'");

  expect(await wrongIn(world)).toEqual(["7: a call was made by an agent of another epic"]);
});
