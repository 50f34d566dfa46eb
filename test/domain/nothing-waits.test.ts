import { expect, test } from "vitest";
import { approveCall } from "../../src/domain/decide-approval.ts";
import { denyPlan } from "../../src/domain/decide-plan.ts";
import type { EpicState } from "../../src/domain/epic.ts";
import { isRefusal, type Refusal } from "../../src/domain/refusal.ts";
import { anApproval, anEpic, person, viewOf } from "../support/epic-view.ts";

const said = { by: person, commentId: 9 };
const words = (answered: object): string =>
  isRefusal(answered) ? (answered satisfies Refusal).detail : "";

test.each([
  [{ state: "PAUSED", from: "IN_PROGRESS", reason: "lunch" }, /PAUSED.*`\/ff resume` goes on/],
  [{ state: "NEEDS_ANSWER" }, /NEEDS_ANSWER.*answer.*in a comment without a command/],
  [{ state: "AWAITING_HUMAN_REVIEW" }, /AWAITING_HUMAN_REVIEW.*merge its pull request/],
  [{ state: "IN_PROGRESS" }, /IN_PROGRESS\.$/],
] satisfies readonly (readonly [EpicState, RegExp])[])(
  "who answers where nothing asks is told what it waits for instead: %o (H6, H7)",
  (state, expected) => {
    const view = viewOf([], { epic: anEpic(state) });

    expect(words(denyPlan(view, { ...said, reason: "split it" }))).toMatch(expected);
    const call = { ...said, id: null, thread: { on: "epic" } } as const;
    expect(words(approveCall(view, call))).toMatch(expected);
  },
);

test("an id that is no call's does not hide that the plan waits, or which calls do (A7, L4)", () => {
  const call = { ...said, id: "b7k2", thread: { on: "epic" } } as const;
  const planned = viewOf([], { epic: anEpic({ state: "NEEDS_PLAN_APPROVAL" }) });
  const asked = viewOf([], { approvals: [anApproval("c3d4")] });

  expect(words(approveCall(planned, call))).toMatch(/called b7k2.*The plan waits.*without an id/);
  expect(words(approveCall(asked, call))).toMatch(/called b7k2. What waits: c3d4/);
});
