import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type LivingText,
  type LivingTextContext,
  performLivingText,
} from "../../src/effects/living-text.ts";
import { deathAt, dyingPort, Killed } from "./dying-port.ts";
import { difference, see } from "./seen.ts";
import { openStreet, type Shop, type ShoppingStreet } from "./shop.ts";
import { withPullRequest } from "./stage.ts";

let street: ShoppingStreet;
beforeAll(async () => {
  street = await openStreet();
});
afterAll(async () => {
  expect(await street.close()).toEqual([]);
});

const comment = (text: string): string => `comment on #1 by factory[bot] (pinned): ${text}`;

test("the status is one pinned comment that changes in place", async () => {
  const shop = await street.openShop();
  const before = await see(shop);

  const commentId = await showStatus(shop, "0 of 3", null);
  await showStatus(shop, "1 of 3", commentId);
  await showStatus(shop, "2 of 3", commentId);

  expect(difference(before, await see(shop))).toEqual([`+ ${comment("2 of 3")}`]);
});

test("a status comment that someone deleted is made again, once", async () => {
  const shop = await street.openShop();
  const before = await see(shop);
  const commentId = await showStatus(shop, "0 of 3", null);
  await shop.github.updateComment(shop.repository, commentId, "gone soon");
  await shop.dana.rest.issues.deleteComment({ ...shop.coordinates, comment_id: commentId });

  const next = await showStatus(shop, "1 of 3", commentId);
  const same = await showStatus(shop, "2 of 3", commentId);

  expect(next).not.toBe(commentId);
  expect(same).toBe(next);
  expect(difference(before, await see(shop))).toEqual([`+ ${comment("2 of 3")}`]);
});

test.each([
  { at: 0, moment: "before" },
  { at: 0, moment: "after" },
  { at: 1, moment: "before" },
  { at: 1, moment: "after" },
] as const)(
  "a status killed $moment call $at is one comment with the newer text (R9)",
  async ({ at, moment }) => {
    const shop = await street.openShop();
    const before = await see(shop);
    const death = deathAt(at, moment);
    const github = dyingPort(shop.github, ["createComment", "updateComment", "pinComment"], death);
    const text: LivingText = { kind: "status", issueNumber: 1, commentId: null };

    await expect(performLivingText(text, "0 of 3", contextOf(shop, { github }))).rejects.toThrow(
      Killed,
    );
    const triedSince = new Date(Date.now() - 1_000).toISOString();
    await performLivingText(text, "1 of 3", contextOf(shop, { triedSince }));

    expect(difference(before, await see(shop))).toEqual([`+ ${comment("1 of 3")}`]);
  },
);

test("a pull request's body changes in place and keeps its marker", async () => {
  const shop = await street.openShop();
  const view = await withPullRequest(shop);
  const number = view.tasks[0]?.pullRequest ?? 0;

  await performLivingText({ kind: "epicPullRequest", number }, "Now with prices.", contextOf(shop));

  const { data } = await shop.dana.rest.pulls.get({ ...shop.coordinates, pull_number: number });
  expect(data.body).toBe("Now with prices.\n\n<!-- ff:epic-pull-request/7 -->");
});

function contextOf(shop: Shop, change: Partial<LivingTextContext> = {}): LivingTextContext {
  const { github, repository } = shop;
  return { epicId: 7, repository, triedSince: null, github, ...change };
}

/** @returns the id of the comment that shows it */
async function showStatus(shop: Shop, rendered: string, commentId: number | null): Promise<number> {
  const text: LivingText = { kind: "status", issueNumber: 1, commentId };
  const result = await performLivingText(text, rendered, contextOf(shop));
  if (result.kind !== "done") throw new Error(`The status is ${result.kind}.`);
  const made = result.facts.find((fact) => fact.kind === "statusCommentMade");
  const id = made?.commentId ?? commentId;
  if (id === null) throw new Error("The status was shown by no comment.");
  return id;
}
