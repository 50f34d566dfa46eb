import { beforeAll, expect, test } from "vitest";
import {
  type BrokenWorld,
  beforeBreaking,
  beforeBreakingLimitMs,
  openBrokenWorld,
  wrongIn,
} from "./broken-world.ts";
import { shop } from "./shop.ts";

beforeAll(beforeBreaking, beforeBreakingLimitMs);

async function runCommand({ sql }: BrokenWorld, commentId: number, text: string): Promise<void> {
  await sql(
    `insert into commands (comment_id, position, epic_id, text, outcome)
     select $1, 0, id, $2, 'run' from epics`,
    [commentId, text],
  );
}

test("a command that was run for a reader is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  const said = { ...shop, issue_number: 1, body: "/ff pause" };
  const { data } = await broken.rita.rest.issues.createComment(said);
  await runCommand(broken, data.id, "/ff pause");

  expect(await wrongIn(broken.world)).toEqual([
    "9: a command was run for somebody without permission",
  ]);
});

test("a command of our own comment is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  const { data } = await broken.dana.rest.issues.listCommentsForRepo({ ...shop });
  const own = data.find(({ body }) => body?.includes("<!-- ff:"));
  await runCommand(broken, own?.id ?? 0, "/ff pause");

  const wrong = await wrongIn(broken.world);

  expect(wrong).toContain("9: a command comes from a bot");
});

test("a command that nobody wrote is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  const said = { ...shop, issue_number: 1, body: "We could `/ff pause` it.\n\n> /ff pause" };
  const { data } = await broken.dana.rest.issues.createComment(said);
  await runCommand(broken, data.id, "/ff pause");

  expect(await wrongIn(broken.world)).toEqual(["9: a command was run that nobody wrote"]);
});

test("mail from a reader to an agent is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  const { data } = await broken.rita.rest.users.getAuthenticated();
  await broken.sql(
    "update mail set sender = jsonb_set(sender, '{actor,id}', to_jsonb($1::int)) where sender ->> 'kind' = 'human'",
    [data.id],
  );

  expect(await wrongIn(broken.world)).toEqual([
    "9: an agent got mail from somebody without permission",
  ]);
});

test("an epic that a reader moved is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update history set actor = 'rita' where noun = 'epic' and cause like 'delivery %'");

  expect(await wrongIn(world)).toEqual(["9: an epic was moved by somebody without permission"]);
});
