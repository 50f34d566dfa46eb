import { beforeAll, expect, test } from "vitest";
import { beforeBreaking, beforeBreakingLimitMs, openBrokenWorld, wrongIn } from "./broken-world.ts";

beforeAll(beforeBreaking, beforeBreakingLimitMs);

const ofSupervisor = "agent = 'supervisor' and seq";

test("an answer that was given twice is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(`update turns set content = content || content where ${ofSupervisor} = 2`);

  expect(await wrongIn(world)).toEqual(["12: calls are not answered once, in the next turn"]);
});

test("a call that was never answered is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(`update turns set content = '"Go on."' where ${ofSupervisor} = 2`);

  expect(await wrongIn(world)).toEqual(["12: calls are not answered once, in the next turn"]);
});

test("a turn that is missing is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(`delete from turns where ${ofSupervisor} = 2`);

  expect(await wrongIn(world)).toContain("12: a turn is missing from a conversation");
});

test("a conversation that does not alternate is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update turns set role = 'assistant' where agent = 'worker/1' and seq = 0");

  expect(await wrongIn(world)).toEqual(["12: a conversation does not alternate"]);
});

test("two calls under one id are seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(
    `update turns as later set content = jsonb_set(later.content, array['0', $1], earlier.content #> array['0', $1])
       from turns as earlier
      where later.agent = 'supervisor' and earlier.agent = 'supervisor'
        and later.seq = earlier.seq + 2 and later.seq = 3`,
    ["id"],
  );

  expect(await wrongIn(world)).toContain("12: two calls have the same id");
});

test("a call that no stored turn asked for is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update tool_calls set call_id = 'another' where tool = 'task_give_up'");

  expect(await wrongIn(world)).toEqual(["12: a call ran that no stored turn asked for"]);
});

test("mail that was given twice is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(`update tool_calls set input = (select jsonb_build_object('ids', jsonb_agg(id)) from mail)
              where tool = 'mail' and agent = 'supervisor'`);

  expect(await wrongIn(world)).toEqual(["12: a mail was given to an agent twice"]);
});

test("answers that were paid for and not kept are seen, unless lives were lost (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(
    `insert into model_calls (epic_id, agent, life, role, model, status, tokens_in, tokens_out, cache_read, cache_written, latency_ms)
     select epic_id, agent, life, role, model, 200, 1, 1, 0, 0, 1 from model_calls
      where agent = 'worker/3'`,
  );

  expect(await wrongIn(world)).toEqual([]);
  await sql(
    "insert into model_calls (epic_id, agent, life, role, model, status, tokens_in, tokens_out, cache_read, cache_written, latency_ms) select epic_id, agent, life, role, model, 200, 1, 1, 0, 0, 1 from model_calls where agent = 'worker/3'",
  );

  expect(await wrongIn(world)).toEqual(["12: a model was paid for answers that nobody kept"]);
  const settings = { modelRetries: 5 };
  expect(await wrongIn({ ...world, settings })).toEqual([]);
});

test("a host that was asked twice for one call is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(
    `insert into outbox (lane, epic_id, effect_key, kind, effect, state, finished_at)
     select lane, epic_id, effect_key || 'x', kind, effect, state, finished_at from outbox
      where kind = 'hostOperation' limit 1`,
  );

  expect(await wrongIn(world)).toEqual(["12: a host was asked twice for one call"]);
});

test("a commit that no call of its worker made is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(
    "update tool_calls set reply = '{\"isError\":false,\"content\":{}}' where tool = 'git_commit'",
  );

  expect(await wrongIn(world)).toEqual([
    "12: a commit of a task is not the answer to one call of its worker",
  ]);
});
