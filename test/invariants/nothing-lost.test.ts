import { beforeAll, expect, test } from "vitest";
import { beforeBreaking, beforeBreakingLimitMs, openBrokenWorld, wrongIn } from "./broken-world.ts";

beforeAll(beforeBreaking, beforeBreakingLimitMs);

test("a delivery that still waits in the end is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(
    "update deliveries set state = 'waiting' where guid = (select min(guid) from deliveries)",
  );

  expect(await wrongIn(world)).toEqual(["1: a delivery still waits"]);
});

test("an effect that still waits in the end is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(
    "update outbox set state = 'waiting', finished_at = null where kind = 'deleteEpicBranch'",
  );

  expect(await wrongIn(world)).toEqual(["1: an effect still waits"]);
});

test("while work goes on only what waits too long is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld({ ended: false, stopped: false });
  const settings = { maxPendingMs: 3_600_000 };

  await sql(
    "update outbox set state = 'waiting', finished_at = null where kind = 'deleteEpicBranch'",
  );
  expect(await wrongIn({ ...world, settings })).toEqual([]);
  await sql("update outbox set created_at = now() - interval '2 hours' where state = 'waiting'");

  expect(await wrongIn({ ...world, settings })).toEqual(["1: an effect still waits"]);
});

test("a delivery that was set aside without a reason is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(
    "update deliveries set state = 'set_aside' where guid = (select min(guid) from deliveries)",
  );

  expect(await wrongIn(world)).toEqual(["1: a delivery was set aside without a reason"]);
});

test("a status comment that is behind in the end is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update living_texts set sent_version = sent_version - 1");

  expect(await wrongIn(world)).toEqual(["1: a status comment is behind"]);
});

test("a task that was given up without a word of why is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update tasks set state_fields = '{}' where state = 'FAILED'");

  expect(await wrongIn(world)).toEqual(["1: a task was given up without a reason"]);
});

test("a task whose landing is written down twice is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update landings set task = 3 where task = 1 and state = 'landed'");

  expect(await wrongIn(world)).toContain("1: a task's landings do not fit its state");
});

test("a world that has ended without any epic is no good world (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("truncate epics cascade");

  expect(await wrongIn(world)).toContain("1: a world that has ended holds no epic");
});

test("an open epic is seen in a world that has ended, and only there (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update epics set state = 'AWAITING_HUMAN_REVIEW', ended_at = null");
  await sql("delete from history where noun = 'epic' and to_state = 'COMPLETED'");

  expect(await wrongIn(world)).toContain("1: an epic has not ended");
  expect(await wrongIn({ ...world, ended: false })).not.toContain("1: an epic has not ended");
});
