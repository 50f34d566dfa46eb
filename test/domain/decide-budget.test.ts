import { expect, test } from "vitest";
import type { Agent, LifeIdentity } from "../../src/domain/agent.ts";
import {
  type BudgetLevel,
  type BudgetsSet,
  budgetCounts,
  defaultBudgetLimits,
  nearlySpent,
  type Spent,
  spentBudget,
} from "../../src/domain/budget.ts";
import {
  budgetDayTurned,
  budgetIsSpent,
  budgetNears,
  raiseBudget,
} from "../../src/domain/decide-budget.ts";
import { pauseEpic, resumeEpic } from "../../src/domain/decide-epic.ts";
import { applied } from "../../src/domain/decision.ts";
import { settle } from "../../src/domain/settle.ts";
import {
  agentsOf,
  anAgent,
  anEpic,
  anyBounds,
  aTask,
  decisionOf,
  effectsOf,
  mailTo,
  person,
  profilesOf,
  refusalOf,
  viewOf,
} from "../support/epic-view.ts";

const worker: LifeIdentity = { epicId: 1, agent: "worker/1", role: "worker", task: 1, life: 1 };
const supervisor: LifeIdentity = { ...worker, agent: "supervisor", role: "supervisor", task: null };
const nobodySet: BudgetsSet = { epic: null, task: null };
const limits = { ...defaultBudgetLimits, attempt: 5, task: 10, epic: 50, day: 100 };
const running = viewOf([aTask(1, { state: "IN_PROGRESS" })]);
const raise = { by: person, task: null, amount: 80, spent: 50, most: 200 };

function factOf(life: LifeIdentity, level: BudgetLevel, limit = 10) {
  return { life, count: { level, spent: limit * 1.01, limit }, day: "2026-11-23" };
}

/** The running epic with its worker at rest for a budget. */
function heldBy(level: BudgetLevel, key: LifeIdentity = worker) {
  return applied(running, budgetIsSpent(running, factOf(key, level)));
}

function firstSpent(spent: Partial<Spent>, set = nobodySet): string | null {
  const nothing: Spent = { attempt: 0, task: 0, epic: 0, day: 0 };
  return spentBudget(budgetCounts({ ...nothing, ...spent }, set, limits))?.level ?? null;
}

test("the next call is refused when any of the nested budgets is spent, the widest is named (G5)", () => {
  expect(firstSpent({ attempt: 4.99, task: 9.99, epic: 49.99, day: 99.99 })).toBeNull();
  expect(firstSpent({ attempt: 5 })).toBe("attempt");
  expect(firstSpent({ attempt: 5, task: 10 })).toBe("task");
  expect(firstSpent({ task: 12, epic: 50 })).toBe("epic");
  expect(firstSpent({ epic: 60, day: 100 })).toBe("day");
});

test("what people set goes before what the operator did, and a supervisor has no task's budget (G5)", () => {
  const spent: Spent = { attempt: 0, task: 12, epic: 60, day: 0 };

  expect(firstSpent(spent, { epic: 80, task: 20 })).toBeNull();
  expect(firstSpent(spent, { epic: 60, task: 20 })).toBe("epic");
  expect(
    budgetCounts({ ...spent, task: null }, nobodySet, limits).map(({ level }) => level),
  ).toEqual(["day", "epic", "attempt"]);
});

test("people are to know from 80 % of a budget on, unless it is gone (G5)", () => {
  const near = (epic: number) =>
    nearlySpent(budgetCounts({ attempt: 0, task: 0, day: 0, epic }, nobodySet, limits), limits);

  expect(near(39.99)).toEqual([]);
  expect(near(40)).toEqual([{ level: "epic", spent: 40, limit: 50 }]);
  expect(near(50)).toEqual([]);
});

test("people are told once per budget and raise, of another task or day again (G5)", () => {
  const told = budgetNears(running, factOf(worker, "epic", 50));
  const after = applied(running, told);
  const effects = (fact: Parameters<typeof budgetNears>[1]) => effectsOf(budgetNears(after, fact));

  expect(told.effects).toMatchObject([
    { kind: "say", thread: { on: "epic" }, message: { kind: "budgetNears", agent: "worker-13" } },
  ]);
  expect(effects(factOf(supervisor, "epic", 50))).toEqual([]);
  expect(effects(factOf(worker, "epic", 80))).toEqual(["say"]);
  expect(effects(factOf(worker, "task", 50))).toEqual(["say"]);
  expect(effects({ ...factOf(worker, "day", 100), day: "2026-11-24" })).toEqual(["say"]);
});

test("an agent whose budget is spent rests, its process stops, its people are told how to go on (G5)", () => {
  const decision = budgetIsSpent(running, factOf(worker, "epic"));
  const another = budgetIsSpent(applied(running, decision), factOf(supervisor, "epic"));

  expect(decision.agents).toMatchObject([{ key: "worker/1", state: "PAUSED", budgetHold: "epic" }]);
  expect(effectsOf(decision)).toEqual(["stopLife", "say"]);
  expect(effectsOf(another)).toEqual(["stopLife"]);
});

test("a life that is no longer its agent's, or an agent that has ended, rests for nothing (G5)", () => {
  const done = viewOf([aTask(1, { state: "IN_PROGRESS" })], {
    agents: [anAgent("worker/1", "DONE")],
  });

  expect(budgetIsSpent(running, factOf({ ...worker, life: 0 }, "task"))).toEqual({});
  expect(budgetIsSpent(done, factOf(worker, "task"))).toEqual({});
});

test("neither mail nor the pause and resume of its epic wakes whom a budget holds (G5)", () => {
  const rules = { maxWorkers: 5, profiles: profilesOf("opus", "sonnet"), bounds: anyBounds };
  const held = heldBy("task");
  const mailed = { ...held, unreadMail: [mailTo("worker/1")] };
  const paused = applied(held, decisionOf(pauseEpic(held, { by: person, reason: "" })));
  const resumed = decisionOf(resumeEpic(paused, { by: person }));

  expect(agentsOf(settle(mailed, {}, rules))).toEqual({});
  expect(agentsOf(resumed)).toEqual({ supervisor: "STARTING" });
  expect(applied(paused, resumed).agents[1]).toMatchObject({ state: "PAUSED", budgetHold: "task" });
});

test.each<[BudgetLevel, LifeIdentity, number | null, boolean]>([
  ["epic", worker, null, true],
  ["epic", worker, 1, false],
  ["task", worker, 1, true],
  ["task", worker, null, false],
  ["attempt", worker, 1, true],
  ["attempt", worker, null, false],
  ["attempt", supervisor, null, true],
  ["day", worker, null, false],
  ["day", worker, 1, false],
])("held by the %s budget, %o goes on by a raise of %s: %s (G5)", (level, life, task, goesOn) => {
  const decision = decisionOf(raiseBudget(heldBy(level, life), { ...raise, task }));

  expect(decision.budgets).toEqual([{ task, amount: 80, by: person }]);
  expect(agentsOf(decision)).toEqual(goesOn ? { [life.agent]: "STARTING" } : {});
  expect(effectsOf(decision)).toEqual(goesOn ? ["startLife"] : []);
});

test("a raise in a paused epic lets its agents go on when it is resumed (G5)", () => {
  const held = heldBy("epic");
  const paused = { ...held, epic: anEpic({ state: "PAUSED", from: "IN_PROGRESS", reason: "" }) };
  const raised = decisionOf(raiseBudget(paused, raise));
  const after = applied(paused, raised);

  expect(effectsOf(raised)).toEqual([]);
  expect(agentsOf(decisionOf(resumeEpic(after, { by: person })))).toEqual({
    "worker/1": "STARTING",
  });
});

test("a budget that is spent already, above the operator's bound or of nobody is refused (G5)", () => {
  const ended = viewOf([], { epic: anEpic({ state: "CANCELLED", reason: "" }) });
  const refused = (more: Partial<typeof raise>, view = running) =>
    refusalOf(raiseBudget(view, { ...raise, ...more }));

  expect(refused({ amount: 50 })).toBe("spent-already");
  expect(refused({ amount: 201 })).toBe("above-maximum");
  expect(refusalOf(raiseBudget(running, { ...raise, task: 9 }))).toBe("no-such-task");
  expect(refused({}, ended)).toBe("wrong-state");
});

test("a new day wakes whom the day's budget held, nobody else, and says so once (G5)", () => {
  const day = heldBy("day");

  expect(agentsOf(budgetDayTurned(day))).toEqual({ "worker/1": "STARTING" });
  expect(effectsOf(budgetDayTurned(day))).toEqual(["startLife", "say"]);
  expect(budgetDayTurned(heldBy("task"))).toEqual({});
  expect(budgetDayTurned(applied(day, budgetDayTurned(day)))).toEqual({});
});

test("a task that begins anew begins without its old hold (G5)", () => {
  const agents: readonly Agent[] = [{ ...anAgent("worker/1", "FAILED"), budgetHold: "task" }];
  const rules = { maxWorkers: 5, profiles: profilesOf("opus", "sonnet"), bounds: anyBounds };
  const view = viewOf([aTask(1, { state: "PENDING" }, { dependsOn: [] })], { agents });

  expect(settle(view, {}, rules).agents).toMatchObject([{ state: "STARTING", budgetHold: null }]);
});
