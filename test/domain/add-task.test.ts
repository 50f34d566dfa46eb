import { expect, test } from "vitest";
import { addTask } from "../../src/domain/add-task.ts";
import type { EpicState } from "../../src/domain/epic.ts";
import { settle } from "../../src/domain/settle.ts";
import {
  anAgent,
  anEpic,
  anyBounds,
  completed,
  decisionOf,
  effectsOf,
  person,
  profilesOf,
  refusalOf,
  viewOf,
} from "../support/epic-view.ts";

const rules = { maxWorkers: 2, profiles: profilesOf("opus", "sonnet"), bounds: anyBounds };
const wish = { title: "Refuse empty names", by: person };
const agents = [anAgent("supervisor", "ASLEEP"), anAgent("worker/1", "DONE")];

test("a task that a person adds is made at once, and the supervisor wakes to write it out (L5)", () => {
  const view = viewOf([completed(1)], { agents });
  const decision = settle(view, decisionOf(addTask(view, wish)), rules);

  expect(decision.tasks).toMatchObject([{ ordinal: 2, title: wish.title, issueAsked: true }]);
  expect(decision.mail).toMatchObject([{ to: "supervisor", from: { kind: "human" } }]);
  expect(effectsOf(decision)).toEqual(expect.arrayContaining(["createTaskIssue", "startLife"]));
});

test.each([{ state: "NEEDS_ANSWER" }, { state: "AWAITING_HUMAN_REVIEW" }] satisfies EpicState[])(
  "an epic that is $state goes on with a person's task (L5)",
  (state) => {
    const view = viewOf([completed(1)], { agents, epic: anEpic(state) });

    expect(decisionOf(addTask(view, wish)).epic?.state).toBe("IN_PROGRESS");
  },
);

test("before the plan is done a person's task waits for it with the others (L4, L5)", () => {
  const epic = anEpic({ state: "NEEDS_ANSWER" }, { planAccepted: false });
  const view = viewOf([], { epic, agents: [anAgent("supervisor", "ASLEEP")] });
  const decision = settle(view, decisionOf(addTask(view, wish)), rules);

  expect(decision.tasks).toMatchObject([{ state: "PENDING", issueAsked: false }]);
  expect(decision.mail?.[0]?.body).toContain("epic_plan_done");
});

test.each([
  { state: "PAUSED", from: "IN_PROGRESS", reason: "lunch" },
  { state: "COMPLETED", mergedSha: "a" },
  { state: "NEEDS_PLAN_APPROVAL" },
] satisfies EpicState[])("no task is added to an epic that is $state (L5)", (state) => {
  expect(refusalOf(addTask(viewOf([], { epic: anEpic(state) }), wish))).toBe("wrong-state");
});
