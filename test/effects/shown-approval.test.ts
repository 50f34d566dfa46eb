// Comments that show people what they decide on are known by their ids afterwards.
import { afterAll, beforeAll, expect, test } from "vitest";
import { performGitHubEffect } from "../../src/effects/perform-github.ts";
import { openStreet, type ShoppingStreet } from "./shop.ts";
import { epicOf, firstTry, viewOf } from "./views.ts";

let street: ShoppingStreet;
beforeAll(async () => {
  street = await openStreet();
});
afterAll(async () => {
  expect(await street.close()).toEqual([]);
});

test("the comment that shows a call is remembered, and what people say later has a higher id (A7)", async () => {
  const shop = await street.openShop();
  const call = { id: "b7k2", agent: "supervisor-12", tool: "epic_fail", argumentsText: "{}" };
  const message = { kind: "approvalWanted", ...call, limitMs: 1_000 } as const;
  const effect = { kind: "say", thread: { on: "epic" }, message } as const;

  const shown = await performGitHubEffect(
    effect,
    firstTry(shop, viewOf(epicOf(shop)), { outboxKey: "k" }),
  );
  const { owner, name: repo } = shop.repository;
  const said = await shop.dana.rest.issues.createComment({
    ...{ owner, repo, issue_number: 1 },
    body: "/ff approve",
  });

  const commentId = expect.any(Number);
  const fact = { kind: "approvalShown", id: "b7k2", commentId };
  expect(shown).toEqual({ kind: "done", facts: [fact] });
  const [made] = shown.kind === "done" ? shown.facts : [];
  expect(made && "commentId" in made ? made.commentId : Infinity).toBeLessThan(said.data.id);
});

test("the comment that shows a plan is remembered with the plan it shows (L4)", async () => {
  const shop = await street.openShop();
  const message = { kind: "planForApproval", revision: 2, tasks: [], noteText: "" } as const;
  const effect = { kind: "say", thread: { on: "epic" }, message } as const;

  const shown = await performGitHubEffect(
    effect,
    firstTry(shop, viewOf(epicOf(shop)), { outboxKey: "k" }),
  );

  const fact = { kind: "planShown", revision: 2, commentId: expect.any(Number) };
  expect(shown).toEqual({ kind: "done", facts: [fact] });
});
