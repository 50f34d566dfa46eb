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

async function keyOf({ sql }: BrokenWorld, message: string): Promise<string> {
  const [row] = await sql(
    "select effect_key from outbox where effect -> 'message' ->> 'kind' = $1 order by id limit 1",
    [message],
  );
  return String(row?.["effect_key"]);
}

async function publish({ app, repository }: BrokenWorld, body: string): Promise<number> {
  const { id } = await app.createComment(repository, 1, body, { marker: "", triedSince: null });
  return id;
}

async function commentWith({ dana }: BrokenWorld, key: string): Promise<number> {
  const { data } = await dana.rest.issues.listCommentsForRepo({ ...shop, per_page: 100 });
  return data.find(({ body }) => body?.includes(key))?.id ?? 0;
}

test("an effect that happened twice is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  const key = await keyOf(broken, "epicStarted");
  await publish(broken, `Work has started again.\n\n<!-- ff:${key} -->`);

  expect(await wrongIn(broken.world)).toEqual(["2: one effect happened twice on GitHub"]);
});

test("something of ours that has no row is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  await publish(broken, "Something else.\n\n<!-- ff:nobody -->");

  expect(await wrongIn(broken.world)).toEqual(["2: our App published something that has no row"]);
});

test("something of ours without a marker is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  await publish(broken, "Something else.");

  expect(await wrongIn(broken.world)).toEqual(["2: our App published something without a marker"]);
});

test("an effect called done that nobody can see is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  const key = await keyOf(broken, "epicStarted");
  const comment_id = await commentWith(broken, key);
  await broken.dana.rest.issues.deleteComment({ ...shop, comment_id });

  expect(await wrongIn(broken.world)).toEqual(["2: an effect that is done is not on GitHub"]);
});

test("a row that is younger than what it made is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  await broken.sql("update outbox set created_at = now() where kind = 'createTaskIssue'");

  expect(await wrongIn(broken.world)).toEqual(["2: something was on GitHub before it had a row"]);
});

test("a delivery that was answered and not stored is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  await broken.sql(
    "delete from deliveries where guid = (select min(guid) from deliveries where event = 'issues')",
  );

  expect(await wrongIn(broken.world)).toEqual(["2: a delivery was answered and not stored"]);
});

test("an issue whose label shows another state is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  await broken.app.setStateLabel(broken.repository, 1, "PAUSED");

  expect(await wrongIn(broken.world)).toEqual([
    "2: an issue's label shows another state than it has",
  ]);
});

test("a branch of ours that no row asked for is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  const { data } = await broken.dana.rest.git.getRef({ ...shop, ref: "heads/main" });
  const ref = "refs/heads/ff/task-99-nobodys";
  await broken.dana.rest.git.createRef({ ...shop, ref, sha: data.object.sha });

  expect(await wrongIn(broken.world)).toEqual(["2: a ref of ours has no row"]);
});
