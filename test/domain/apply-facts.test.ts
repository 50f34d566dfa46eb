import { expect, test } from "vitest";
import { applyFacts } from "../../src/domain/apply-facts.ts";
import { anApproval, anEpic, planned, sha, viewOf } from "../support/epic-view.ts";

const bare = planned(1, { issueNumber: null, issueId: null });

test("the epic's branch is known once it is made; a tip seen since is not taken back (L8)", () => {
  const made = { kind: "epicBranchMade", baseSha: sha(3), tipSha: sha(3) } as const;
  const unmade = anEpic({ state: "IN_PROGRESS" }, { baseSha: null, tipSha: null });
  const ahead = anEpic({ state: "IN_PROGRESS" }, { baseSha: null, tipSha: sha(4) });

  expect(applyFacts(viewOf([], { epic: unmade }), [made]).epic).toMatchObject({
    ...{ baseSha: sha(3), tipSha: sha(3) },
  });
  expect(applyFacts(viewOf([], { epic: ahead }), [made]).epic?.tipSha).toBe(sha(4));
});

test("numbers that GitHub gave belong to the task they were asked for (L4)", () => {
  const decision = applyFacts(viewOf([bare, planned(2)]), [
    { kind: "taskIssueMade", task: 1, issueNumber: 13, issueId: 1013 },
    { kind: "taskPullRequestOpened", task: 1, number: 21 },
  ]);

  expect(decision.tasks).toMatchObject([
    { ordinal: 1, issueNumber: 13, issueId: 1013, pullRequest: 21 },
  ]);
  expect(decision).not.toHaveProperty("epic");
});

test("the epic's pull request is a draft where GitHub made one, until it is ready (L10)", () => {
  const opened = { kind: "epicPullRequestOpened", number: 30, draft: true } as const;
  const draft = applyFacts(viewOf([]), [opened]);
  const ready = applyFacts(viewOf([]), [opened, { kind: "epicPullRequestReady" }]);
  const plain = applyFacts(viewOf([]), [{ ...opened, draft: false }]);

  expect(draft.epic).toMatchObject({ pullRequest: 30, pullRequestIsDraft: true });
  expect(ready.epic).toMatchObject({ pullRequest: 30, pullRequestIsDraft: false });
  expect(plain.epic).toMatchObject({ pullRequest: 30, pullRequestIsDraft: false });
});

test("facts about comments and pushes change no noun (L10)", () => {
  const decision = applyFacts(viewOf([planned(1)]), [
    { kind: "commentMade", commentId: 5 },
    { kind: "statusCommentMade", commentId: 6 },
    { kind: "taskBranchPushed", task: 1, sha: sha(3) },
  ]);

  expect(decision).toEqual({ tasks: [] });
});

test("a call's comment is known once people were shown it (A7)", () => {
  const approvals = ["b7k2", "c3x9"].map((id) => anApproval(id, { commentId: null }));
  const decision = applyFacts(viewOf([], { approvals }), [
    { kind: "approvalShown", id: "c3x9", commentId: 77 },
  ]);

  expect(decision.approvals).toEqual([anApproval("c3x9", { commentId: 77 })]);
});

test("the comment that shows a plan belongs to that plan alone (L4)", () => {
  const epic = anEpic({ state: "NEEDS_PLAN_APPROVAL" }, { planRevision: 2 });
  const shown = (revision: number) =>
    applyFacts(viewOf([], { epic }), [{ kind: "planShown", revision, commentId: 70 }]).epic;

  expect(shown(1)).toBeUndefined();
  expect(shown(2)).toEqual({ ...epic, planShownBy: 70 });
});
