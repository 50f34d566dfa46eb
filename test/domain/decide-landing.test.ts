import { expect, test } from "vitest";
import {
  beginPublishing,
  landed,
  nextLanding,
  publishingLost,
  publishingRefused,
  sendBack,
} from "../../src/domain/decide-landing.ts";
import {
  agentsOf,
  anAgent,
  anEpic,
  approved,
  aTask,
  completed,
  decisionOf,
  effectsOf,
  headOf,
  publishing,
  refusalOf,
  sha,
  statesOf,
  viewOf,
} from "../support/epic-view.ts";

const pause = { state: "PAUSED", from: "IN_PROGRESS", reason: "lunch" } as const;

test("the earliest submission lands first, whatever its ordinal (Q1)", () => {
  const view = viewOf([approved(1, { queuePlace: 4 }), approved(2, { queuePlace: 3 })]);

  expect(nextLanding(view)?.ordinal).toBe(2);
});

test("a submission that waits for its review holds its place (Q1)", () => {
  const waiting = aTask(1, { state: "PENDING_REVIEW" });

  expect(nextLanding(viewOf([waiting, approved(2)]))).toBeNull();
});

test("what was sent back has left the line and blocks nobody (Q1)", () => {
  const back = aTask(1, { state: "NEEDS_REBASE" }, { queuePlace: null });

  expect(nextLanding(viewOf([back, approved(2)]))?.ordinal).toBe(2);
});

test("an approved head waits for its pull request, which nothing could open once it landed (Q12)", () => {
  expect(nextLanding(viewOf([approved(1, { pullRequest: null }), approved(2)]))).toBeNull();
});

test("nothing begins to land while the epic is paused, but a push begun is finished (Q2a)", () => {
  const epic = anEpic(pause);

  expect(nextLanding(viewOf([approved(1)], { epic }))).toBeNull();
  expect(nextLanding(viewOf([approved(1), publishing(2)], { epic }))?.ordinal).toBe(2);
});

test("publishing is entered with the approved head and the commit to be pushed (Q2, Q2a)", () => {
  const landing = { task: 1, headSha: headOf(1), mergeSha: sha(201) };

  expect(decisionOf(beginPublishing(viewOf([approved(1)]), landing)).tasks).toMatchObject([
    { ordinal: 1, state: "PUBLISHING", approvedSha: headOf(1), mergeSha: sha(201) },
  ]);
});

test("publishing is refused once the approval, the epic or the turn is gone (Q2, Q2a)", () => {
  const landing = { task: 1, headSha: headOf(1), mergeSha: sha(201) };
  const other = approved(1, { submittedSha: sha(9) });
  const moved = { ...other, state: "APPROVED", approvedSha: sha(9) } as const;
  const asked = aTask(1, { state: "CHANGES_REQUESTED" });
  const refused = (view: Parameters<typeof beginPublishing>[0]) =>
    refusalOf(beginPublishing(view, landing));

  expect(refused(viewOf([moved]))).toBe("withdrawn");
  expect(refused(viewOf([asked]))).toBe("withdrawn");
  expect(refused(viewOf([approved(1)], { epic: anEpic(pause) }))).toBe("withdrawn");
  expect(refused(viewOf([approved(1), publishing(2)]))).toBe("busy");
});

test("the first landed task opens the epic's pull request, later ones do not (L10)", () => {
  const first = landed(viewOf([publishing(1)]), 1);
  const second = landed(viewOf([publishing(1), completed(2)]), 1);

  expect(effectsOf(first)).toContain("openEpicPullRequest");
  expect(effectsOf(second)).not.toContain("openEpicPullRequest");
});

test("a landed task is complete, its worker done, its issue closed, its pull request settled (L12a, Q12)", () => {
  const decision = landed(viewOf([publishing(1), completed(2)]), 1);

  expect(statesOf(decision)).toEqual({ 1: "COMPLETED" });
  expect(agentsOf(decision)).toEqual({ "worker/1": "DONE" });
  expect(decision.epic?.tipSha).toBe(sha(201));
  expect(effectsOf(decision)).toEqual([
    "stopLife",
    "removeWorktree",
    "setStateLabel",
    "say",
    "closeTaskIssue",
    "settleTaskPullRequest",
    "deleteTaskBranch",
  ]);
});

test("what was not being published has not landed (Q2a)", () => {
  expect(landed(viewOf([approved(1)]), 1)).toEqual({});
  expect(publishingLost(viewOf([approved(1)]), 1, sha(5))).toEqual({});
});

test("a branch that moved meanwhile puts the landing back, approved, on the new tip (Q2a)", () => {
  const decision = publishingLost(viewOf([publishing(1)]), 1, sha(5));

  expect(decision.epic?.tipSha).toBe(sha(5));
  expect(decision.tasks).toMatchObject([
    { state: "APPROVED", approvedSha: headOf(1), queuePlace: 1 },
  ]);
});

test("what had not landed when its epic ended is cancelled, and no pull request is opened (L11)", () => {
  const epic = anEpic({ state: "COMPLETED", mergedSha: sha(9) });
  const view = viewOf([publishing(1)], { epic, agents: [anAgent("worker/1", "DONE")] });
  const lost = publishingLost(view, 1, sha(5));

  expect(statesOf(lost)).toEqual({ 1: "CANCELLED" });
  expect(effectsOf(lost)).toContain("closeTaskIssue");
  expect(lost.epic).toBeUndefined();
  expect(effectsOf(landed(view, 1))).not.toContain("openEpicPullRequest");
});

test("a rule that keeps a commit off the branch takes it back and asks for a person (Q2a, Q6)", () => {
  const refusal = { tipSha: sha(5), reason: "protected branch" };
  const decision = publishingRefused(viewOf([publishing(1)]), 1, refusal);

  expect(statesOf(decision)).toEqual({ 1: "APPROVED" });
  expect(decision.epic).toMatchObject({
    ...{ state: "PAUSED", tipSha: sha(5) },
    reason: expect.stringContaining("protected branch"),
  });
  expect(effectsOf(decision)).toContain("say");
  expect(publishingRefused(viewOf([approved(1)]), 1, refusal)).toEqual({});
});

test("a conflict goes back to its worker with the files and the way out (Q3)", () => {
  const decision = sendBack(viewOf([approved(1)]), {
    ...{ task: 1, headSha: headOf(1), cause: "conflict" },
    ...{ files: ["index.js", "a.js"], output: "CONFLICT (content)" },
  });

  expect(decision.tasks).toMatchObject([{ state: "NEEDS_REBASE", queuePlace: null }]);
  expect(decision.mail).toMatchObject([{ to: "worker/1", subject: "Your branch conflicts" }]);
  expect(decision.mail?.[0]?.body).toMatch(/index\.js, a\.js[\s\S]*git_rebase[\s\S]*CONFLICT/);
  expect(effectsOf(decision)).toEqual(["say", "setStateLabel"]);
});

test("a failed verify goes back to its worker with the output (Q3)", () => {
  const decision = sendBack(viewOf([approved(1)]), {
    ...{ task: 1, headSha: headOf(1), cause: "verifyFailed" },
    ...{ files: [], output: "not ok 3 - weeks" },
  });

  expect(statesOf(decision)).toEqual({ 1: "CHANGES_REQUESTED" });
  expect(decision.mail?.[0]?.body).toContain("not ok 3 - weeks");
});

test("nobody is sent back for a head that is no longer the approved one (Q2, Q3)", () => {
  const back = { task: 1, headSha: sha(9), cause: "conflict", files: [], output: "" } as const;

  expect(sendBack(viewOf([approved(1)]), back)).toEqual({});
});
