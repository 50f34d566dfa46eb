// What refers to an issue or pull request that never came to be.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GitHubEffect } from "../../src/domain/effect.ts";
import { performGitHubEffect } from "../../src/effects/perform-github.ts";
import { see } from "./seen.ts";
import { openStreet, type ShoppingStreet } from "./shop.ts";
import { epicOf, firstTry, taskOf, viewOf } from "./views.ts";

let street: ShoppingStreet;
beforeAll(async () => {
  street = await openStreet();
});
afterAll(async () => {
  expect(await street.close()).toEqual([]);
});

const ended = { state: "FAILED", reason: "Its sub-issue could not be made" } as const;
const message = { kind: "closedAsLanded", mergeSha: "a", branch: "b" } as const;
const sha = "a".repeat(40);

test.each<GitHubEffect>([
  { kind: "linkTaskIssue", task: 1 },
  { kind: "addDependency", task: 2, dependsOn: 1 },
  { kind: "setStateLabel", thread: { on: "task", task: 1 }, state: "FAILED" },
  { kind: "setStateLabel", thread: { on: "taskPullRequest", task: 1 }, state: "FAILED" },
  { kind: "setStateLabel", thread: { on: "epicPullRequest" }, state: "COMPLETED" },
  { kind: "say", thread: { on: "taskPullRequest", task: 1 }, message },
  { kind: "review", task: 1, sha, message },
  { kind: "openTaskPullRequest", task: 1 },
  { kind: "markEpicPullRequestReady" },
])("$kind whose thread was refused holds nobody up (Q6)", async (effect) => {
  const shop = await street.openShop();
  const before = await see(shop);
  const tasks = [taskOf(1, ended), taskOf(2, { dependsOn: [1], issueNumber: 9, issueId: 109 })];

  const result = await performGitHubEffect(effect, firstTry(shop, viewOf(epicOf(shop), tasks)));

  expect(result).toMatchObject({
    kind: "refused",
    reason: expect.stringMatching(/never made|ended/),
  });
  expect(await see(shop)).toEqual(before);
});
