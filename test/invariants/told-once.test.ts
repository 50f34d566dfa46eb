import { beforeAll, expect, test } from "vitest";
import { beforeBreaking, beforeBreakingLimitMs, openBrokenWorld, wrongIn } from "./broken-world.ts";
import { shop } from "./shop.ts";

beforeAll(beforeBreaking, beforeBreakingLimitMs);

test.each(["planForApproval", "epicReady", "epicEnded"])(
  "a person who was not told by %s is seen (T1)",
  async (message) => {
    const { world, sql } = await openBrokenWorld();

    await sql(
      `update outbox set effect = jsonb_set(effect, '{message,kind}', '"taskProgress"')
        where effect -> 'message' ->> 'kind' = $1`,
      [message],
    );

    expect(await wrongIn(world)).toEqual(["10: a human was told too often, or not at all"]);
  },
);

test("an agent that failed in silence is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql(
    "update history set cause = 'life x ended' where noun = 'agent' and to_state = 'FAILED'",
  );

  expect(await wrongIn(world)).toEqual(["10: a human was told too often, or not at all"]);
});

test("a person who was asked the same thing twice is seen (T1)", async () => {
  const { world, app, dana, repository } = await openBrokenWorld();

  const { data } = await dana.rest.issues.listCommentsForRepo({ ...shop, per_page: 100 });
  const [first, second] = data.filter(({ body }) => body?.includes("has 1 question"));
  const marker = /<!-- .* -->$/.exec(second?.body ?? "")?.[0] ?? "";
  const repeated = (first?.body ?? "").replace(/<!-- .* -->$/, marker);
  await app.updateComment(repository, second?.id ?? 0, repeated);

  expect(await wrongIn(world)).toEqual(["10: people were asked for the same thing twice"]);
});

test("a task that is blocked without a reason is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update tasks set state = 'BLOCKED', state_fields = '{}' where ordinal = 3");

  expect(await wrongIn(world)).toContain("10: a task is blocked without a reason");
});

test("an effect that waits and cannot say why is seen while work goes on (T1)", async () => {
  const { world, sql } = await openBrokenWorld({ ended: false, stopped: false });

  await sql("update outbox set state = 'waiting', finished_at = null, attempts = 4, error = null");

  expect(await wrongIn(world)).toContain("10: an effect waits and cannot say why");
});
