import { expect, test } from "vitest";
import {
  addDependency,
  approvePlan,
  createTask,
  denyPlan,
  planDone,
  type TaskRequest,
} from "../../src/domain/decide-plan.ts";
import { applied } from "../../src/domain/decision.ts";
import {
  anEpic,
  aTask,
  completed,
  decisionOf,
  effectsOf,
  person,
  planned,
  refusalOf,
  viewOf,
} from "../support/epic-view.ts";

const request: TaskRequest = {
  title: "Add prices",
  description: "In whole cents.",
  acceptance: ["Sums are right."],
  dependsOn: [],
  insist: null,
};
const asks = anEpic({ state: "IN_PROGRESS" }, { plan: "ask", planAccepted: false });
const waits = anEpic(
  { state: "NEEDS_PLAN_APPROVAL" },
  { plan: "ask", planAccepted: false, planRevision: 1, planShownBy: 70 },
);
const said = { by: person, commentId: 71 };

test("a planned task is the next in order and waits to be started (L4)", () => {
  const decision = decisionOf(createTask(viewOf([planned(1)]), { ...request, dependsOn: [1] }));

  expect(decision.tasks).toMatchObject([
    { ordinal: 2, state: "PENDING", dependsOn: [1], issueAsked: false, issueNumber: null },
  ]);
  expect(effectsOf(decision)).toEqual([]);
});

test("a task depends on tasks that exist (L4)", () => {
  const refused = createTask(viewOf([planned(1)]), { ...request, dependsOn: [1, 4] });

  expect(refused).toMatchObject({ refused: "no-such-task" });
  expect(JSON.stringify(refused)).toContain("tasks are: 1");
});

test("no task is planned for an epic that is not at work (L4)", () => {
  expect(refusalOf(createTask(viewOf([], { epic: waits }), request))).toBe("wrong-state");
});

test("a task that resembles another is refused, naming it, unless a reason is given (L7)", () => {
  const view = viewOf([planned(1, { title: "Add  prices!", description: "In whole cents" })]);

  expect(createTask(view, request)).toMatchObject({
    refused: "resembles",
    detail: expect.stringMatching(/task 1 “Add {2}prices!” \(similarity 1\.00\)/),
  });
  expect(refusalOf(createTask(view, { ...request, insist: "The other shop." }))).toBeNull();
});

test("a dependency is added while the task waits, and shown once its issue is asked for (L4)", () => {
  const both = viewOf([planned(1), planned(2)]);
  const unseen = viewOf([planned(1), planned(2, { issueAsked: false, issueNumber: null })]);
  const wanted = { task: 2, dependsOn: 1 };

  expect(decisionOf(addDependency(both, wanted)).tasks).toMatchObject([{ dependsOn: [1] }]);
  expect(effectsOf(decisionOf(addDependency(both, wanted)))).toEqual(["addDependency"]);
  expect(effectsOf(decisionOf(addDependency(unseen, wanted)))).toEqual([]);
});

test("a dependency that is there already changes nothing (L4)", () => {
  const view = viewOf([planned(1), planned(2, { dependsOn: [1] })]);

  expect(addDependency(view, { task: 2, dependsOn: 1 })).toEqual({});
});

test("tasks never wait for each other in a circle (L4)", () => {
  const chain = [planned(1), planned(2, { dependsOn: [1] }), planned(3, { dependsOn: [2] })];

  expect(refusalOf(addDependency(viewOf(chain), { task: 1, dependsOn: 3 }))).toBe("cycle");
  expect(refusalOf(addDependency(viewOf(chain), { task: 1, dependsOn: 1 }))).toBe("cycle");
});

test("a task that has started waits for nothing new (L4)", () => {
  const view = viewOf([planned(1), aTask(2, { state: "IN_PROGRESS" })]);

  expect(refusalOf(addDependency(view, { task: 2, dependsOn: 1 }))).toBe("wrong-state");
  expect(refusalOf(addDependency(view, { task: 9, dependsOn: 1 }))).toBe("no-such-task");
  expect(refusalOf(addDependency(view, { task: 1, dependsOn: 9 }))).toBe("no-such-task");
});

test("a finished plan is worked on at once where nobody is asked (L4)", () => {
  const epic = anEpic({ state: "IN_PROGRESS" }, { planAccepted: false });
  const decision = decisionOf(planDone(viewOf([planned(1)], { epic }), "One task."));

  expect(decision.epic).toMatchObject({ state: "IN_PROGRESS", planAccepted: true });
});

test("a plan that is to be approved is shown to the human and waits (L4)", () => {
  const decision = decisionOf(planDone(viewOf([planned(1)], { epic: asks }), "One task."));

  expect(decision.epic).toMatchObject({ state: "NEEDS_PLAN_APPROVAL", planAccepted: false });
  expect(decision.effects?.[1]).toMatchObject({
    message: { kind: "planForApproval", noteText: "One task.", tasks: [{ ordinal: 1 }] },
  });
});

test("a plan without a task is none, and a plan is done once (L4)", () => {
  expect(refusalOf(planDone(viewOf([], { epic: asks }), "Nothing."))).toBe("no-tasks");
  expect(planDone(viewOf([completed(1)]), "Again.")).toEqual({});
  expect(refusalOf(planDone(viewOf([planned(1)], { epic: waits }), "Again."))).toBe("wrong-state");
});

test("a human's approval starts the work (L4)", () => {
  const decision = decisionOf(approvePlan(viewOf([planned(1)], { epic: waits }), said));

  expect(decision.epic).toMatchObject({ state: "IN_PROGRESS", planAccepted: true });
});

test("a denied plan goes back to the supervisor with the reason (L4)", () => {
  const view = viewOf([planned(1)], { epic: waits });
  const decision = decisionOf(denyPlan(view, { ...said, reason: "Too big." }));

  expect(decision.epic).toMatchObject({ state: "IN_PROGRESS", planAccepted: false });
  expect(decision.mail).toMatchObject([
    { to: "supervisor", from: { kind: "human" }, body: "Too big." },
  ]);
  expect(effectsOf(decision)).toEqual(["setStateLabel", "say"]);
});

test("where no plan waits there is nothing to approve or deny (L4)", () => {
  expect(refusalOf(approvePlan(viewOf([]), said))).toBe("nothing-waits");
  expect(refusalOf(denyPlan(viewOf([]), { ...said, reason: "" }))).toBe("nothing-waits");
});

test("a word on a plan counts only where its comment came after the plan's own (L4, H7)", () => {
  const unseen = viewOf([planned(1)], { epic: { ...waits, planShownBy: null } });
  const late = viewOf([planned(1)], { epic: { ...waits, planShownBy: 71 } });

  for (const view of [unseen, late]) {
    expect(approvePlan(view, said)).toMatchObject({
      refused: "not-shown",
      detail: expect.stringContaining("plan 1 of this epic, had not been shown yet"),
    });
    expect(refusalOf(denyPlan(view, { ...said, reason: "" }))).toBe("not-shown");
  }
});

test("each plan that people are asked about is another one, and not shown yet (L4)", () => {
  const denied = decisionOf(
    denyPlan(viewOf([planned(1)], { epic: waits }), { ...said, reason: "" }),
  );
  const redrawn = decisionOf(planDone(applied(viewOf([planned(1)]), denied), "Again."));

  expect(redrawn.epic).toMatchObject({ planRevision: 2, planShownBy: null });
  expect(redrawn.effects?.[1]).toMatchObject({ message: { kind: "planForApproval", revision: 2 } });
});
