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

/** Lets our App say something else in a comment it has made, under the marker it has there. */
async function say({ app, dana, repository }: BrokenWorld, words: string): Promise<void> {
  const { data } = await dana.rest.issues.listCommentsForRepo({ ...shop, per_page: 100 });
  const comment = data.find(({ body }) => body?.startsWith("Work on this epic has started"));
  const marker = /<!-- .* -->$/.exec(comment?.body ?? "")?.[0] ?? "";
  await app.updateComment(repository, comment?.id ?? 0, `${words}\n\n${marker}`);
}

test.each([
  ["a command", "/ff cancel", "our App published a command"],
  ["a mention", "Ask @rita about it.", "our App mentioned somebody"],
  ["a mention of a team", "Ask **@acme/owners**.", "our App mentioned somebody"],
  ["a closing keyword", "This fixes #1.", "our App wrote a closing keyword"],
  ["one across marks", "This *closes* acme/shop#1.", "our App wrote a closing keyword"],
  ["a picture", "![](https://example.invalid/x.png)", "our App published a picture"],
  ["a comment in HTML", "Well. <!-- hidden -->", "our App published HTML"],
  ["a second marker", "Well.\n\n<!-- ff:other -->", "our App published HTML"],
])("%s that our App published is seen (T1)", async (_what, words, wrong) => {
  const broken = await openBrokenWorld();

  await say(broken, words);

  expect(await wrongIn(broken.world)).toEqual([`8: ${wrong}`]);
});

test.each([
  ["code", "Type `/ff cancel`, or ask `@rita`:\n\n```\n/ff pause\nfixes #1\n```"],
  ["an address", "Write to rita@example.invalid."],
  ["the product's own folding", "<details><summary>Output</summary>\n\nfine\n\n</details>"],
  ["an allowed mention", "Ask @dana."],
])("%s is only words (T1)", async (_what, words) => {
  const broken = await openBrokenWorld();
  const settings = { allowedMentions: ["dana"] };

  await say(broken, words);

  expect(await wrongIn({ ...broken.world, settings })).toEqual([]);
});

test("a title that mentions somebody is seen (T1)", async () => {
  const { world, app, repository, sql } = await openBrokenWorld();

  const [epic] = await sql("select pull_request from epics");
  const number = Number(epic?.["pull_request"]);
  await app.updatePullRequest(repository, number, { title: "For @rita" });

  expect(await wrongIn(world)).toEqual(["8: our App mentioned somebody"]);
});
