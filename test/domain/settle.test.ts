import { expect, test } from "vitest";
import type { Agent } from "../../src/domain/agent.ts";
import { lifeEnded } from "../../src/domain/decide-life-end.ts";
import { giveUpTask } from "../../src/domain/decide-task.ts";
import type { Mail } from "../../src/domain/mail.ts";
import { defaultRestartRules } from "../../src/domain/restarts.ts";
import { settle } from "../../src/domain/settle.ts";
import {
  agentsOf,
  anAgent,
  anEpic,
  anyBounds,
  aTask,
  completed,
  decisionOf,
  effectsOf,
  mailTo,
  planned,
  profilesOf,
  sha,
  statesOf,
  tip,
  viewOf,
} from "../support/epic-view.ts";

const rules = { maxWorkers: 2, profiles: profilesOf("opus", "sonnet"), bounds: anyBounds };
const dropped = aTask(1, { state: "CANCELLED", reason: "Not wanted." });
const rested = [anAgent("supervisor", "ASLEEP")];
const unmade = { issueAsked: false, issueNumber: null, issueId: null };

test("sub-issues are asked for once, when the plan is accepted, links after both ends (L4)", () => {
  const tasks = [planned(1, unmade), planned(2, { ...unmade, dependsOn: [1] })];
  const open = anEpic({ state: "IN_PROGRESS" }, { planAccepted: false });
  const first = settle(viewOf(tasks), {}, rules);

  expect(effectsOf(first)).toEqual([
    ...["createTaskIssue", "linkTaskIssue"],
    ...["createTaskIssue", "linkTaskIssue", "addDependency"],
  ]);
  expect(effectsOf(settle(viewOf(tasks, { epic: open }), {}, rules))).toEqual([]);
  expect(effectsOf(settle(viewOf(first.tasks ?? []), {}, rules))).toEqual([]);
});

test("tasks whose dependencies have landed start, first planned first, up to the limit (A12)", () => {
  const view = viewOf([completed(1), planned(2, { dependsOn: [1] }), planned(3), planned(4)]);
  const decision = settle(view, {}, { ...rules, maxWorkers: 2 });

  // The completed task's worker still runs in this view, and takes a place.
  expect(statesOf(decision)).toEqual({ 2: "IN_PROGRESS" });
  expect(decision.agents).toMatchObject([{ key: "worker/2", state: "STARTING", model: "sonnet" }]);
  expect(effectsOf(decision)).toEqual(["setStateLabel", "startLife"]);
});

test("a task starts on its own branch from the epic's tip (L8)", () => {
  const epic = anEpic({ state: "IN_PROGRESS" }, { tipSha: sha(5) });
  const decision = settle(viewOf([planned(1)], { epic }), {}, rules);

  expect(decision.tasks).toMatchObject([{ branch: "ff/task-13-title-1", baseSha: sha(5) }]);
});

test("a task waits for what it depends on, for its issue and for the epic's branch (A12)", () => {
  const running = aTask(1, { state: "IN_PROGRESS" });
  const waiting = planned(2, { dependsOn: [1] });
  const numberless = planned(2, { issueNumber: null });
  const branchless = anEpic({ state: "IN_PROGRESS" }, { tipSha: null });
  const started = (view: Parameters<typeof settle>[0]) => statesOf(settle(view, {}, rules));

  expect(started(viewOf([running, waiting]))).toEqual({});
  expect(started(viewOf([running, numberless]))).toEqual({});
  expect(started(viewOf([planned(1)], { epic: branchless }))).toEqual({});
});

test("a worker that waits for its review leaves its place to another (A12)", () => {
  const tasks = [1, 2].map((ordinal) => aTask(ordinal, { state: "PENDING_REVIEW" }));
  const agents = [anAgent("worker/1", "WAITING"), anAgent("worker/2", "ASLEEP")];
  const view = viewOf([...tasks, planned(3), planned(4)], { agents });

  expect(statesOf(settle(view, {}, rules))).toEqual({ 3: "IN_PROGRESS", 4: "IN_PROGRESS" });
});

test("mail wakes an agent that sleeps, and nobody else (A12)", () => {
  const agents = [anAgent("supervisor", "ASLEEP"), anAgent("worker/1", "ASLEEP")];
  const view = viewOf([aTask(1, { state: "PENDING_REVIEW" })], { agents });
  const mail = [{ ...mailTo("supervisor"), subject: "Submitted" }];

  expect(agentsOf(settle(view, { mail }, rules))).toEqual({ supervisor: "STARTING" });
  expect(agentsOf(settle({ ...view, unreadMail: [mailTo("worker/1")] }, {}, rules))).toEqual({
    "worker/1": "STARTING",
  });
});

test("nothing starts and nobody wakes in a paused epic (L1)", () => {
  const epic = anEpic({ state: "PAUSED", from: "IN_PROGRESS", reason: "lunch" });
  const agents = [anAgent("supervisor", "ASLEEP")];
  const view = viewOf([planned(1)], { epic, agents, unreadMail: [mailTo("supervisor")] });

  expect(effectsOf(settle(view, {}, rules))).toEqual([]);
});

test("when every task has ended and one has landed the epic goes to its human (L10)", () => {
  const decision = settle(viewOf([dropped, completed(2)], { agents: rested }), {}, rules);

  expect(decision.epic?.state).toBe("AWAITING_HUMAN_REVIEW");
  expect(decision.effects?.at(-1)).toMatchObject({
    message: { kind: "epicReady", landed: 1, failed: 1 },
  });
  expect(effectsOf(decision)).toContain("markEpicPullRequestReady");
});

test("an epic of which nothing landed has failed, and none of its agents stays (L10)", () => {
  const failed = settle(viewOf([dropped], { agents: rested }), {}, rules);

  expect(failed.epic).toMatchObject({
    state: "FAILED",
    reason: expect.stringContaining("No task"),
  });
  expect(agentsOf(failed)).toEqual({ supervisor: "DONE" });
  expect(effectsOf(failed)).toEqual(["stopLife", "setStateLabel", "say"]);
});

test("the supervisor has the last word on a task that did not land (L10)", () => {
  const supervised = (state: Agent["state"], ...unreadMail: readonly Mail[]) => {
    const agents = [anAgent("supervisor", state)];
    return [[dropped], [dropped, completed(2)]].map(
      (tasks) => settle(viewOf(tasks, { agents, unreadMail }), {}, rules).epic?.state,
    );
  };

  expect(supervised("RUNNING")).toEqual([undefined, undefined]);
  expect(supervised("STARTING")).toEqual([undefined, undefined]);
  expect(supervised("ASLEEP", mailTo("supervisor"))).toEqual([undefined, undefined]);
  expect(supervised("WAITING", mailTo("supervisor"))).toEqual([undefined, undefined]);
  expect(supervised("WAITING")).toEqual(["FAILED", "AWAITING_HUMAN_REVIEW"]);
  expect(supervised("ASLEEP")).toEqual(["FAILED", "AWAITING_HUMAN_REVIEW"]);
});

test("an epic whose last task fails waits for its supervisor, and ends when that sleeps (L10)", () => {
  const asleep = [anAgent("supervisor", "ASLEEP"), anAgent("worker/1")];
  const working = viewOf([aTask(1, { state: "IN_PROGRESS" })], { agents: asleep });
  const given = settle(working, decisionOf(giveUpTask(working, 1, "No way.")), rules);

  expect(given.epic).toBeUndefined();
  expect(agentsOf(given)).toMatchObject({ supervisor: "STARTING" });

  const awake = viewOf([dropped], { agents: [anAgent("supervisor")] });
  const end = { agent: "supervisor", life: 1, end: { how: "asleep" } } as const;
  expect(settle(awake, lifeEnded(awake, end, defaultRestartRules), rules).epic?.state).toBe(
    "FAILED",
  );
});

test("an epic is not finished while its plan is open or a task is (L10)", () => {
  const open = anEpic({ state: "IN_PROGRESS" }, { planAccepted: false, tipSha: tip });

  expect(settle(viewOf([dropped], { epic: open }), {}, rules).epic).toBeUndefined();
  expect(settle(viewOf([]), {}, rules).epic).toBeUndefined();
  expect(
    settle(viewOf([completed(1), aTask(2, { state: "APPROVED", approvedSha: tip })]), {}, rules)
      .epic,
  ).toBeUndefined();
});

test("what a decision leaves is settled with it, in one (A12)", () => {
  const view = viewOf([aTask(1, { state: "IN_PROGRESS" }), planned(2, { dependsOn: [1] })], {
    agents: [anAgent("worker/1")],
  });
  const done = { tasks: [completed(1)], agents: [anAgent("worker/1", "DONE")] };
  const decision = settle(view, done, rules);

  expect(statesOf(decision)).toEqual({ 1: "COMPLETED", 2: "IN_PROGRESS" });
  expect(agentsOf(decision)).toEqual({ "worker/1": "DONE", "worker/2": "STARTING" });
});

test("people are told once when nothing can move any more, and the epic stays as it is (L10, Q6)", () => {
  const tasks = [dropped, planned(2, { dependsOn: [1] })];
  const waiting = (state: Agent["state"]) =>
    viewOf(tasks, { agents: [anAgent("supervisor", state)] });
  const rests = settle(waiting("RUNNING"), { agents: [anAgent("supervisor", "WAITING")] }, rules);

  expect(rests.epic).toBeUndefined();
  expect(rests.effects).toMatchObject([
    { kind: "say", message: { kind: "epicStuck", tasks: [{ ordinal: 2, dependsOn: [1] }] } },
  ]);
  const sleeps = settle(waiting("WAITING"), { agents: [anAgent("supervisor", "ASLEEP")] }, rules);
  expect(effectsOf(sleeps)).toEqual([]);
  expect(effectsOf(settle(waiting("RUNNING"), {}, rules))).toEqual([]);
});
