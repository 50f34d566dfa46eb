import { beforeAll, expect, test } from "vitest";
import { beforeBreaking, beforeBreakingLimitMs, openBrokenWorld, wrongIn } from "./broken-world.ts";

beforeAll(beforeBreaking, beforeBreakingLimitMs);

test("a landing written under a lease that was lost is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update landings set lease_epoch = 0 where task = 1");

  expect(await wrongIn(world)).toEqual(["4: a landing was written by a lease that was lost"]);
});

test("a landing that is on the branch after it was withdrawn is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update landings set state = 'withdrawn' where task = 1 and state = 'landed'");

  expect(await wrongIn(world)).toContain("4: a landing is on the branch after it was withdrawn");
});

test("two landings published at once are seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  // As if the first had only been seen on the branch after the second was begun.
  const [row] = await sql(
    "select max(id) as last from history where noun = 'task' and noun_key = '1' and to_state = 'PUBLISHING'",
  );
  await sql("alter table history alter column id drop identity");
  await sql("update history set id = -id");
  await sql(
    "update history set id = case when to_state = 'COMPLETED' and noun = 'task' and noun_key = '2' then 2 * $1 + 1 else -2 * id end",
    [Number(row?.["last"])],
  );

  expect(await wrongIn(world)).toEqual(["4: two landings were published at once"]);
});

test("a task that landed before one ahead of it in the line is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update tasks set queue_place = 10 - queue_place where queue_place is not null");

  expect(await wrongIn(world)).toEqual(["5: a task landed before one that was ahead of it"]);
});
