// What a performer does not do, and what it waits for.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GitHubEffect } from "../../src/domain/effect.ts";
import { performGitHubEffect } from "../../src/effects/perform-github.ts";
import { see } from "./seen.ts";
import { commitOn, makeCommit, openStreet, type ShoppingStreet } from "./shop.ts";
import { withBranch, withEpicBranch, withIssue, withPullRequest } from "./stage.ts";
import { epicBranch, epicOf, firstTry, taskOf, viewOf } from "./views.ts";

let street: ShoppingStreet;
beforeAll(async () => {
  street = await openStreet();
});
afterAll(async () => {
  expect(await street.close()).toEqual([]);
});

const again = { triedSince: "2026-11-22T11:59:50Z", now: "2026-11-22T12:00:00Z" };

test("a person's commit on a task's branch is never pushed away (L9)", async () => {
  const shop = await street.openShop();
  const task = await withBranch(shop, await withIssue(shop, taskOf(1)));
  const ours = await makeCommit(shop, { parent: shop.base, message: "Ours instead" });
  const before = await see(shop);

  const result = await performGitHubEffect(
    { kind: "pushTaskBranch", task: 1, sha: ours },
    firstTry(shop, viewOf(epicOf(shop), [task])),
  );

  expect(result).toEqual({
    kind: "refused",
    reason: `\`${task.branch}\` has commits on GitHub that ${ours} does not build on`,
  });
  expect(await see(shop)).toEqual(before);
});

test("a commit that a person has already built on counts as pushed (L9)", async () => {
  const shop = await street.openShop();
  const task = await withBranch(shop, await withIssue(shop, taskOf(1)));
  const sha = task.headSha ?? "";
  await commitOn(shop, { branch: task.branch ?? "", parent: sha, message: "A person's fix" });
  const before = await see(shop);

  const result = await performGitHubEffect(
    { kind: "pushTaskBranch", task: 1, sha },
    firstTry(shop, viewOf(epicOf(shop), [task])),
  );

  expect(result).toEqual({ kind: "done", facts: [{ kind: "taskBranchPushed", task: 1, sha }] });
  expect(await see(shop)).toEqual(before);
});

test("an epic's branch that someone else filled is not taken over (L8)", async () => {
  const shop = await street.openShop();
  await withEpicBranch(shop);
  await commitOn(shop, { branch: epicBranch, parent: shop.base, message: "Not ours" });

  const result = await performGitHubEffect(
    { kind: "createEpicBranch" },
    firstTry(shop, viewOf(epicOf(shop))),
  );

  expect(result).toEqual({
    kind: "refused",
    reason: `\`${epicBranch}\` exists and holds commits that are not on \`main\``,
  });
});

test("an epic's branch that someone built on right after our lost try is ours (L8, R9)", async () => {
  const shop = await street.openShop();
  await withEpicBranch(shop);
  const tipSha = await commitOn(shop, { branch: epicBranch, parent: shop.base, message: "Help" });

  const result = await performGitHubEffect(
    { kind: "createEpicBranch" },
    firstTry(shop, viewOf(epicOf(shop)), again),
  );

  expect(result).toEqual({
    kind: "done",
    facts: [{ kind: "epicBranchMade", baseSha: shop.base, tipSha }],
  });
});

test("an epic's branch left over without commits moves up to the base branch (L8)", async () => {
  const shop = await street.openShop();
  await withEpicBranch(shop);
  const base = await commitOn(shop, { branch: "main", parent: shop.base, message: "Meanwhile" });

  const result = await performGitHubEffect(
    { kind: "createEpicBranch" },
    firstTry(shop, viewOf(epicOf(shop))),
  );

  expect(result).toMatchObject({ facts: [{ baseSha: base, tipSha: base }] });
  expect(await shop.git.remoteTip(shop.repository, epicBranch)).toBe(base);
});

test("a base branch that does not exist is said by name (L8)", async () => {
  const shop = await street.openShop();

  const result = await performGitHubEffect(
    { kind: "createEpicBranch" },
    firstTry(shop, viewOf(epicOf(shop, { baseBranch: "release" }))),
  );

  expect(result).toEqual({
    kind: "refused",
    reason: "the base branch `release` does not exist",
  });
});

test("a task's branch with commits that are nowhere else stays (L8)", async () => {
  const shop = await street.openShop();
  const epic = await withEpicBranch(shop);
  const task = await withBranch(shop, await withIssue(shop, taskOf(1)));
  const parent = task.headSha ?? "";
  await commitOn(shop, { branch: task.branch ?? "", parent, message: "A person's own" });
  const ended = { ...task, state: "CANCELLED", reason: "not needed" } as const;
  const before = await see(shop);

  const result = await performGitHubEffect(
    { kind: "deleteTaskBranch", task: 1 },
    firstTry(shop, viewOf(epic, [ended])),
  );

  expect(result).toEqual({
    kind: "refused",
    reason: `\`${task.branch}\` holds commits that are not on \`${epicBranch}\``,
  });
  expect(await see(shop)).toEqual(before);
});

test("a branch the product did not name is not deleted (L8)", async () => {
  const shop = await street.openShop();
  const task = taskOf(1, { branch: "main", state: "CANCELLED", reason: "" });

  const result = await performGitHubEffect(
    { kind: "deleteTaskBranch", task: 1 },
    firstTry(shop, viewOf(epicOf(shop), [task])),
  );

  expect(result).toEqual({ kind: "refused", reason: "`main` is not ours" });
});

test("an epic's branch is kept while the epic runs and when it holds unmerged commits (L11)", async () => {
  const shop = await street.openShop();
  const epic = await withEpicBranch(shop);
  const effect: GitHubEffect = { kind: "deleteEpicBranch" };
  const running = await performGitHubEffect(effect, firstTry(shop, viewOf(epic)));
  const tipSha = await commitOn(shop, { branch: epicBranch, parent: shop.base, message: "Landed" });
  const ended = { ...epic, tipSha, state: "COMPLETED", mergedSha: shop.base } as const;

  const unmerged = await performGitHubEffect(effect, firstTry(shop, viewOf(ended)));

  expect(running).toEqual({ kind: "refused", reason: "the epic has not ended" });
  expect(unmerged).toEqual({
    kind: "refused",
    reason: `\`${epicBranch}\` holds commits that are not on \`main\`, so it was left`,
  });
});

test("GitHub gets its time to mark a landed pull request merged (Q12)", async () => {
  const shop = await street.openShop();
  const view = await withPullRequest(shop);
  const effect: GitHubEffect = { kind: "settleTaskPullRequest", task: 1, mergeSha: shop.base };
  const before = await see(shop);

  const first = await performGitHubEffect(effect, firstTry(shop, view));
  const soon = await performGitHubEffect(effect, firstTry(shop, view, again));

  expect([first.kind, soon.kind]).toEqual(["notYet", "notYet"]);
  expect(await see(shop)).toEqual(before);
});

test("a pull request that GitHub has marked merged is settled without a word (Q12)", async () => {
  const shop = await street.openShop();
  const view = await withPullRequest(shop);
  const sha = view.tasks[0]?.headSha ?? "";
  await shop.git.push(shop.repository, {
    sha,
    ref: `refs/heads/${epicBranch}`,
    expected: shop.base,
  });
  const before = await see(shop);

  const result = await performGitHubEffect(
    { kind: "settleTaskPullRequest", task: 1, mergeSha: sha },
    firstTry(shop, view, { limits: { settleAfterMs: 0 } }),
  );

  expect(before).toContainEqual(expect.stringMatching(/^pull #3 merged/));
  expect(result).toEqual({ kind: "done", facts: [] });
  expect(await see(shop)).toEqual(before);
});

test.each<GitHubEffect>([
  { kind: "pushTaskBranch", task: 1, sha: "a".repeat(40) },
  { kind: "openTaskPullRequest", task: 1 },
])("$kind waits for what it refers to", async (effect) => {
  const shop = await street.openShop();
  const before = await see(shop);

  const result = await performGitHubEffect(
    effect,
    firstTry(shop, viewOf(epicOf(shop), [taskOf(1), taskOf(2, { dependsOn: [1] })])),
  );

  expect(result.kind).toBe("notYet");
  expect(await see(shop)).toEqual(before);
});

test.each<GitHubEffect>([
  { kind: "closeTaskIssue", task: 1, reason: "not_planned" },
  { kind: "closeTaskPullRequest", task: 1 },
  { kind: "settleTaskPullRequest", task: 1, mergeSha: "a".repeat(40) },
  { kind: "deleteTaskBranch", task: 1 },
  { kind: "closeEpicPullRequest" },
])("$kind of what was never made is done", async (effect) => {
  const shop = await street.openShop();

  const result = await performGitHubEffect(
    effect,
    firstTry(shop, viewOf(epicOf(shop), [taskOf(1)])),
  );

  expect(result).toEqual({ kind: "done", facts: [] });
});

test("a refusal of GitHub's is thrown as a verdict with its words, for the lane to tell", async () => {
  const shop = await street.openShop();
  const epic = await withEpicBranch(shop);

  await expect(
    performGitHubEffect({ kind: "openEpicPullRequest" }, firstTry(shop, viewOf(epic))),
  ).rejects.toMatchObject({
    port: "github",
    retryable: false,
    message: expect.stringContaining("No commits between"),
  });
});
