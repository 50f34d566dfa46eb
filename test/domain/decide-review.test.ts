import { expect, test } from "vitest";
import { approve, requestChanges, reviewQueue } from "../../src/domain/decide-review.ts";
import {
  approved,
  aTask,
  decisionOf,
  effectsOf,
  headOf,
  refusalOf,
  sha,
  viewOf,
} from "../support/epic-view.ts";

const waiting = { state: "PENDING_REVIEW" } as const;
const review = { task: 1, head: headOf(1), remarks: "Mind the gap.", agent: "supervisor-12" };

test("submissions are reviewed in the order they were made, others not at all (Q1)", () => {
  const view = viewOf([
    aTask(1, waiting, { queuePlace: 7 }),
    aTask(2, waiting, { queuePlace: 5 }),
    approved(3),
    aTask(4, { state: "CHANGES_REQUESTED" }),
  ]);

  expect(reviewQueue(view).map(({ ordinal }) => ordinal)).toEqual([2, 1]);
});

test("an approval is of one exact head, and shown on the pull request and as a check (Q2)", () => {
  const decision = decisionOf(approve(viewOf([aTask(1, waiting)]), review));

  expect(decision.tasks).toMatchObject([
    { state: "APPROVED", approvedSha: headOf(1), queuePlace: 1 },
  ]);
  expect(effectsOf(decision)).toEqual(["review", "publishVerdict", "setStateLabel"]);
  expect(decision.effects?.[1]).toMatchObject({ sha: headOf(1), conclusion: "success" });
});

test("a head that has moved since it was read can be neither approved nor sent back (Q2)", () => {
  const view = viewOf([aTask(1, waiting, { submittedSha: sha(9) })]);

  expect(refusalOf(approve(view, review))).toBe("other-head");
  expect(refusalOf(requestChanges(view, review))).toBe("other-head");
});

test("what does not wait for a review is not reviewed (Q2)", () => {
  expect(refusalOf(approve(viewOf([approved(1)]), review))).toBe("wrong-state");
  expect(refusalOf(approve(viewOf([approved(1)]), { ...review, task: 8 }))).toBe("no-such-task");
});

test("requested changes take the submission out of the line and go to its worker (Q1)", () => {
  const decision = decisionOf(requestChanges(viewOf([aTask(1, waiting)]), review));

  expect(decision.tasks).toMatchObject([{ state: "CHANGES_REQUESTED", queuePlace: null }]);
  expect(decision.mail).toMatchObject([{ to: "worker/1", subject: "Changes requested" }]);
  expect(decision.mail?.[0]?.body).toContain("Mind the gap.");
  expect(decision.effects?.[1]).toMatchObject({ conclusion: "failure" });
});

test("changes are requested with a word on what is to be changed (Q2)", () => {
  const silent = { ...review, remarks: " \n" };

  expect(refusalOf(requestChanges(viewOf([aTask(1, waiting)]), silent))).toBe("no-remarks");
});
