import { type Agent, agentHasEnded, agentName, type LifeIdentity } from "./agent.ts";
import type { BudgetCount } from "./budget.ts";
import { agentOf, taskOf } from "./decision.ts";
import type { Effect } from "./effect.ts";
import { type Actor, epicHasEnded } from "./epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { BudgetMessage } from "./message.ts";
import type { Refusal } from "./refusal.ts";

// Money (G5): people are told once per budget and raise, an agent whose budget is spent rests until
// somebody raises it, and neither mail nor a resume of its epic gives it a life before that.

/** How a budget stands for a life that calls models. */
export type BudgetFact = {
  readonly life: LifeIdentity;
  readonly count: BudgetCount;
  /** Today, as the database's clock has it in UTC: `2026-11-23`. */
  readonly day: string;
};

/** Most of a budget is spent: people are told once. */
export function budgetNears(view: EpicView, fact: BudgetFact): Decision {
  return toldOnce(view, fact, "budgetNears");
}

/** A budget is spent: the agent rests, people are told once. Other agents go on. */
export function budgetIsSpent(view: EpicView, fact: BudgetFact): Decision {
  const agent = agentOf(view, fact.life.agent);
  if (!agent || agent.life !== fact.life.life || agentHasEnded(agent)) return {};
  const { level } = fact.count;
  const held: Agent = { ...agent, state: "PAUSED", budgetHold: level };
  const stop: Effect = {
    kind: "stopLife",
    agent: agent.key,
    reason: `the ${level} budget is spent`,
  };
  const told = toldOnce(view, fact, "budgetSpent");
  return { ...told, agents: [held], effects: [stop, ...(told.effects ?? [])] };
}

/** A person's new budget of an epic or of one task. */
export type BudgetRaise = {
  readonly by: Actor;
  /** The ordinal of the task; null for the whole epic. */
  readonly task: number | null;
  /** In US dollars. */
  readonly amount: number;
  readonly spent: number;
  /** The operator's bound of what people may set. */
  readonly most: number;
};

/** Sets a budget and wakes whom the old one held. */
export function raiseBudget(view: EpicView, raise: BudgetRaise): Decision | Refusal {
  const problem = problemOf(view, raise);
  if (problem) return problem;
  const { task, amount, by } = raise;
  return { budgets: [{ task, amount, by }], ...released(view, (agent) => isFreed(agent, task)) };
}

/** The day's budget is a new one: whom the old one held goes on, and says so. */
export function budgetDayTurned(view: EpicView): Decision {
  const decision = released(view, (agent) => agent.budgetHold === "day");
  if ((decision.agents ?? []).length === 0) return {};
  const said: Effect = {
    kind: "say",
    thread: { on: "epic" },
    message: { kind: "budgetDayTurned" },
  };
  return { ...decision, effects: [...(decision.effects ?? []), said] };
}

function problemOf(view: EpicView, { task, amount, spent, most }: BudgetRaise): Refusal | null {
  if (epicHasEnded(view.epic))
    return { refused: "wrong-state", detail: `The epic is ${view.epic.state}: it spends nothing.` };
  if (task !== null && !taskOf(view, task))
    return { refused: "no-such-task", detail: "This epic has no such task." };
  if (amount > most)
    return {
      refused: "above-maximum",
      detail: `Whoever operates FactoryFactory allows at most $${most}.`,
    };
  if (amount <= spent)
    return {
      refused: "spent-already",
      detail: `$${spent.toFixed(2)} is spent already: name more than that.`,
    };
  return null;
}

/** A new life is a new attempt, so a task's raise frees its attempt, too; an epic's, its supervisor's. */
function isFreed({ budgetHold, task }: Agent, raised: number | null): boolean {
  if (raised === null) return budgetHold === "epic" || (budgetHold === "attempt" && task === null);
  return task === raised && (budgetHold === "task" || budgetHold === "attempt");
}

/** In a paused epic they stay paused, as everybody there, until it is resumed. */
function released(view: EpicView, isMeant: (agent: Agent) => boolean): Decision {
  const state = view.epic.state === "PAUSED" ? "PAUSED" : "STARTING";
  const held = view.agents.filter((agent) => agent.state === "PAUSED" && isMeant(agent));
  const agents = held.map((agent): Agent => ({ ...agent, state, budgetHold: null }));
  const starting = agents.filter((agent) => agent.state === "STARTING");
  return {
    agents,
    effects: starting.map((agent): Effect => ({ kind: "startLife", agent: agent.key })),
  };
}

function toldOnce(view: EpicView, fact: BudgetFact, kind: BudgetMessage["kind"]): Decision {
  const notice = noticeOf(fact, kind);
  if (view.notices.includes(notice) || epicHasEnded(view.epic)) return {};
  const { level, spent, limit } = fact.count;
  const agent = agentOf(view, fact.life.agent);
  const task = agent?.task == null ? null : taskOf(view, agent.task);
  const issue = task?.issueNumber ?? (agent?.task == null ? view.epic.issueNumber : agent.task);
  const name = agentName(fact.life.role, issue);
  const message = { kind, level, spent, limit, agent: name, taskIssue: task?.issueNumber ?? null };
  return {
    notices: [notice],
    effects: [{ kind: "say", thread: { on: "epic" }, message }],
  };
}

/** The same words are the same notice: a raised budget, another task or another day is told again. */
function noticeOf({ life, count, day }: BudgetFact, kind: BudgetMessage["kind"]): string {
  const subject = {
    attempt: `${life.agent} ${life.life}`,
    task: String(life.task),
    epic: "whole",
    day,
  }[count.level];
  return `${kind} ${count.level} ${subject} $${count.limit}`;
}
