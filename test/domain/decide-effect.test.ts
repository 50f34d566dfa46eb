import { expect, test } from "vitest";
import { effectRefused } from "../../src/domain/decide-effect.ts";
import type { Effect } from "../../src/domain/effect.ts";
import type { EpicView } from "../../src/domain/epic-view.ts";
import { defaultRestartRules } from "../../src/domain/restarts.ts";
import {
  anAgent,
  anEpic,
  aTask,
  effectsOf,
  planned,
  sha,
  statesOf,
  viewOf,
} from "../support/epic-view.ts";

const submitted = viewOf([aTask(1, { state: "PENDING_REVIEW" })]);

function refused(view: EpicView, effect: Effect) {
  const how = { reason: "Resource not accessible", id: "epic-1/4", restarts: defaultRestartRules };
  return effectRefused(view, { effect, ...how });
}

test("without its branch an epic cannot go on (L8, Q6)", () => {
  const decision = refused(viewOf([planned(1)]), { kind: "createEpicBranch" });

  expect(decision.epic).toMatchObject({ state: "FAILED" });
  expect(decision.epic).toHaveProperty("reason", expect.stringContaining("not accessible"));
});

test("a task whose sub-issue GitHub refuses fails; one that has started does not (L4, Q6)", () => {
  const asked: Effect = { kind: "createTaskIssue", task: 1 };

  expect(statesOf(refused(viewOf([planned(1)]), asked))).toEqual({ 1: "FAILED" });
  expect(refused(submitted, asked)).toEqual({});
});

test("a push or a pull request that GitHub refuses is told to supervisor and human (Q6)", () => {
  for (const effect of [
    { kind: "pushTaskBranch", task: 1, sha: sha(5) },
    { kind: "openTaskPullRequest", task: 1 },
  ] as const) {
    const decision = refused(submitted, effect);

    expect(decision.mail).toMatchObject([
      { to: "supervisor", subject: expect.stringContaining(effect.kind) },
    ]);
    expect(decision.effects).toMatchObject([
      { kind: "say", message: { kind: "effectFailed", effect: effect.kind, id: "epic-1/4" } },
    ]);
  }
});

test("what the human can mend is told to the human, and the lane goes on (Q6)", () => {
  const decision = refused(submitted, { kind: "closeTaskIssue", task: 1, reason: "completed" });

  expect(effectsOf(decision)).toEqual(["say"]);
  expect(decision.mail ?? []).toEqual([]);
  expect(effectsOf(refused(submitted, { kind: "deleteEpicBranch" }))).toEqual(["say"]);
});

test("a comment that could not be made is not told by another comment (Q6)", () => {
  const comment: Effect = {
    kind: "say",
    thread: { on: "epic" },
    message: { kind: "epicReady", landed: 1, failed: 0 },
  };

  expect(refused(submitted, comment)).toEqual({});
  expect(refused(submitted, { kind: "react", commentId: 5, reaction: "eyes" })).toEqual({});
});

test("a life that could not be started counts as a crash (R2)", () => {
  const agents = [{ ...anAgent("worker/1", "STARTING"), crashes: 4 }];
  const view = viewOf([aTask(1, { state: "IN_PROGRESS" })], { agents });

  expect(statesOf(refused(view, { kind: "startLife", agent: "worker/1" }))).toEqual({
    1: "FAILED",
  });
});

test("a plan that GitHub takes no comment for can still be decided on (L4, Q6)", () => {
  const asked = { plan: "ask", planAccepted: false, planRevision: 2 } as const;
  const view = viewOf([planned(1)], { epic: anEpic({ state: "NEEDS_PLAN_APPROVAL" }, asked) });
  const shown = (revision: number): Effect => ({
    kind: "say",
    thread: { on: "epic" },
    message: { kind: "planForApproval", revision, tasks: [], noteText: "" },
  });

  expect(refused(view, shown(2)).epic).toMatchObject({ planShownBy: 0 });
  expect(refused(view, shown(1))).toEqual({});
});
