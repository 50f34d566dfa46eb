import { expect, test } from "vitest";
import {
  cancelTask,
  giveUpTask,
  mayCommit,
  recordCommit,
  recordMergeParent,
  submitTask,
} from "../../src/domain/decide-task.ts";
import type { Task } from "../../src/domain/task.ts";
import {
  agentsOf,
  approved,
  aTask,
  completed,
  decisionOf,
  effectsOf,
  planned,
  publishing,
  refusalOf,
  sha,
  statesOf,
  tip,
  viewOf,
} from "../support/epic-view.ts";

const atWork = { state: "IN_PROGRESS" } as const;

/** A task at work with one commit nobody has seen. */
function begun(more: Partial<Task> = {}): Task {
  return aTask(1, atWork, { submittedSha: null, queuePlace: null, pullRequest: null, ...more });
}

test("a worker writes history while its task is its own, and at no other time (L9a)", () => {
  const owned = (["IN_PROGRESS", "CHANGES_REQUESTED", "NEEDS_REBASE"] as const).map((state) =>
    refusalOf(mayCommit(viewOf([aTask(1, { state })]), 1)),
  );
  const others = [aTask(1, { state: "PENDING_REVIEW" }), approved(1), publishing(1), completed(1)];

  expect(owned).toEqual([null, null, null]);
  for (const task of others) expect(refusalOf(mayCommit(viewOf([task]), 1))).toBe("wrong-state");
});

test("a commit becomes the head and closes an open merge (L9a)", () => {
  const view = viewOf([begun({ mergeParentSha: tip })]);

  expect(decisionOf(recordCommit(view, 1, sha(5))).tasks).toMatchObject([
    { headSha: sha(5), mergeParentSha: null },
  ]);
});

test("the first submission is pushed, opened, queued and told to the supervisor (L9a, Q1)", () => {
  const decision = decisionOf(submitTask(viewOf([begun(), approved(2)]), 1, "Done."));

  expect(decision.tasks).toMatchObject([
    { state: "PENDING_REVIEW", submittedSha: begun().headSha, queuePlace: 3, summary: "Done." },
  ]);
  expect(decision.mail).toMatchObject([{ to: "supervisor" }]);
  expect(effectsOf(decision)).toEqual(["pushTaskBranch", "openTaskPullRequest", "setStateLabel"]);
});

test("a resubmission joins the end of the line and keeps its pull request (Q1)", () => {
  const back = aTask(1, { state: "NEEDS_REBASE" }, { headSha: sha(5), queuePlace: null });
  const decision = decisionOf(submitTask(viewOf([back, approved(2), approved(3)]), 1, "Again."));

  expect(decision.tasks).toMatchObject([{ queuePlace: 4, submittedSha: sha(5) }]);
  expect(effectsOf(decision)).toEqual(["pushTaskBranch", "setStateLabel"]);
});

test("a submission without a commit of its own is refused with what is missing (L9a)", () => {
  const submit = (more: Partial<Task>) => refusalOf(submitTask(viewOf([begun(more)]), 1, "Done."));

  expect(submit({ headSha: null })).toBe("no-commit");
  expect(submit({ headSha: tip })).toBe("no-commit");
});

test("a head that came back is not taken again unchanged (L9a)", () => {
  const back = aTask(1, { state: "CHANGES_REQUESTED" });

  expect(refusalOf(submitTask(viewOf([back]), 1, "Done."))).toBe("unchanged");
});

test("a merge with the epic branch is committed before it is submitted (L9a)", () => {
  const merging = decisionOf(recordMergeParent(viewOf([begun()]), 1, sha(5))).tasks ?? [];

  expect(refusalOf(submitTask(viewOf(merging), 1, "Done."))).toBe("merge-open");
});

test("a worker that gives up fails its task, and its supervisor hears why (L10)", () => {
  const decision = decisionOf(giveUpTask(viewOf([begun()]), 1, "There is no such API."));

  expect(statesOf(decision)).toEqual({ 1: "FAILED" });
  expect(agentsOf(decision)).toEqual({ "worker/1": "FAILED" });
  expect(decision.mail?.[0]).toMatchObject({ to: "supervisor", subject: "Task 1 is FAILED" });
  expect(decision.mail?.[0]?.body).toContain("There is no such API.");
});

test("a cancelled task closes its pull request before its issue and its branch, sent back or not (L10)", () => {
  const back = aTask(1, { state: "CHANGES_REQUESTED" }, { queuePlace: null });
  const kinds = [
    ...["stopLife", "removeWorktree", "say"],
    ...["closeTaskPullRequest", "setStateLabel", "closeTaskIssue", "deleteTaskBranch"],
  ];

  for (const task of [approved(1), back])
    expect(effectsOf(decisionOf(cancelTask(viewOf([task]), 1, "Not wanted.")))).toEqual(kinds);
});

test("a task that was never submitted has no pull request to close (L10)", () => {
  const kinds = effectsOf(decisionOf(cancelTask(viewOf([planned(1)]), 1, "Not wanted.")));

  expect(kinds).toEqual(["say", "setStateLabel", "closeTaskIssue"]);
});

test("a task whose issue was never asked for goes without a word on GitHub (L10)", () => {
  const task = planned(1, { issueAsked: false, issueNumber: null, issueId: null });

  expect(effectsOf(decisionOf(cancelTask(viewOf([task]), 1, "Not wanted.")))).toEqual([]);
});

test("what is being published or has ended can no longer be cancelled (Q2a)", () => {
  expect(refusalOf(cancelTask(viewOf([publishing(1)]), 1, "No."))).toBe("being-published");
  expect(refusalOf(cancelTask(viewOf([completed(1)]), 1, "No."))).toBe("wrong-state");
  expect(refusalOf(cancelTask(viewOf([completed(1)]), 2, "No."))).toBe("no-such-task");
});
