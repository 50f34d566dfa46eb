import { type Agent, agentHasEnded, workerKey } from "./agent.ts";
import { applyProfiles } from "./apply-profiles.ts";
import { askForPlan } from "./ask-for-plan.ts";
import { awaitsNews } from "./awaits-news.ts";
import { taskBranchName } from "./branch-name.ts";
import { withdrawApprovals } from "./decide-approval.ts";
import { failEpic } from "./decide-epic.ts";
import { asPlanned } from "./decide-plan.ts";
import {
  agentOf,
  applied,
  both,
  epicIn,
  inTurn,
  labelEpic,
  labelTask,
  taskIn,
} from "./decision.ts";
import type { Effect } from "./effect.ts";
import { epicHasEnded } from "./epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import { forwardMail } from "./forward-mail.ts";
import type { Profile } from "./profile.ts";
import type { ProfileRules } from "./resolve-profile.ts";
import { settleQuestions } from "./settle-questions.ts";
import { type Task, taskHasEnded } from "./task.ts";
import { waitingInVain } from "./waiting-in-vain.ts";

/** What the rules need to know besides the epic. */
export type Rules = ProfileRules & {
  /** Workers of this epic at work at once. */
  readonly maxWorkers: number;
};

/**
 * The plumbing that no model decides (A12): after every decision, whatever it was about, what can
 * start starts, who has mail wakes, and what is finished is finished.
 */
export function settle(view: EpicView, decision: Decision, rules: Rules): Decision {
  const rest = inTurn(applied(view, decision), [
    (now) => settleQuestions(now, rules.profiles.orchestrator),
    makeIssues,
    (now) => startTasks(now, rules),
    (now) => forwardMail(now, view.unreadMail),
    askForPlan,
    wakeAgents,
    finish,
    (now) => applyProfiles(now, rules),
    withdrawApprovals,
  ]);
  const whole = both(decision, rest);
  return both(whole, tellWhenStuck(view, applied(view, whole)));
}

/** Sub-issues are made once the plan is accepted, blockers first, links after both ends exist. */
function makeIssues(view: EpicView): Decision {
  if (!view.epic.planAccepted || view.epic.state !== "IN_PROGRESS") return {};
  const unmade = view.tasks.filter((task) => task.issueNumber === null && task.issueId === null);
  const asked = unmade.filter((task) => task.state === "PENDING" && !task.issueAsked);
  return {
    tasks: asked.map((task) => ({ ...task, issueAsked: true })),
    effects: asked.flatMap(issueEffects),
  };
}

function issueEffects(task: Task): readonly Effect[] {
  return [
    { kind: "createTaskIssue", task: task.ordinal },
    { kind: "linkTaskIssue", task: task.ordinal },
    ...task.dependsOn.map(
      (dependsOn): Effect => ({ kind: "addDependency", task: task.ordinal, dependsOn }),
    ),
  ];
}

/** Tasks whose dependencies have landed start, first planned first, up to the limit. */
function startTasks(view: EpicView, rules: Rules): Decision {
  const { epic } = view;
  if (!epic.planAccepted || epic.state !== "IN_PROGRESS" || epic.tipSha === null) return {};
  const atWork = view.agents.filter((agent) => agent.role === "worker" && isAtWork(agent)).length;
  const landed = new Set(
    view.tasks.filter((task) => task.state === "COMPLETED").map((task) => task.ordinal),
  );
  const ready = view.tasks.filter(
    (task) =>
      task.state === "PENDING" &&
      task.issueNumber !== null &&
      task.dependsOn.every((ordinal) => landed.has(ordinal)),
  );
  const starting = ready.slice(0, Math.max(0, rules.maxWorkers - atWork));
  const tasks = starting.map((task) => startedTask(task, epic.tipSha));
  const agents = starting.map((task) => workerOf(view, task, rules.profiles.worker));
  return {
    tasks,
    agents,
    effects: [
      ...tasks.map(labelTask),
      ...agents.map((agent): Effect => ({ kind: "startLife", agent: agent.key })),
    ],
  };
}

function isAtWork(agent: Agent): boolean {
  return agent.state === "STARTING" || agent.state === "RUNNING" || agent.state === "CRASHED";
}

function startedTask(task: Task, tipSha: string | null): Task {
  const branch = task.branch ?? taskBranchName(task.issueNumber ?? task.ordinal, task.title);
  const baseSha = task.baseSha ?? tipSha;
  const attempts = task.attempts + 1;
  return taskIn({ ...task, branch, baseSha, attempts }, { state: "IN_PROGRESS" });
}

function workerOf(view: EpicView, task: Task, profile: Profile): Agent {
  const key = workerKey(task.ordinal);
  const before = agentOf(view, key);
  const fresh = { state: "STARTING", crashes: 0, fastCrashes: 0, budgetHold: null } as const;
  if (before) return { ...before, ...fresh };
  return { key, role: "worker", task: task.ordinal, life: 0, ...fresh, ...profile };
}

/** An agent without a process that has mail gets a process. */
function wakeAgents(view: EpicView): Decision {
  if (epicHasEnded(view.epic) || view.epic.state === "PAUSED") return {};
  const addressees = new Set(view.unreadMail.map((mail) => mail.to));
  const woken = view.agents
    .filter((agent) => agent.state === "ASLEEP" && addressees.has(agent.key))
    .map((agent): Agent => ({ ...agent, state: "STARTING" }));
  return {
    agents: woken,
    effects: woken.map((agent): Effect => ({ kind: "startLife", agent: agent.key })),
  };
}

/**
 * When every task has ended the epic is ready for its human, or has failed (L10). Where a task did
 * not land, its supervisor has the last word: until its turn is over it may make another.
 */
function finish(view: EpicView): Decision {
  const { epic, tasks } = view;
  if (epic.state !== "IN_PROGRESS" || !epic.planAccepted || tasks.length === 0) return {};
  if (!tasks.every(taskHasEnded)) return {};
  const landed = tasks.filter((task) => task.state === "COMPLETED").length;
  if (landed < tasks.length && !supervisorHasSpoken(view)) return {};
  if (landed > 0) return readyForHuman(view, landed);
  return failEpic(view, "No task landed, so there is nothing to review.");
}

/** Told at the moment nothing can move any more; each time the supervisor rests without a way out. */
function tellWhenStuck(before: EpicView, after: EpicView): Decision {
  if (!isStuck(after) || isStuck(before)) return {};
  const tasks = waitingInVain(after.tasks).map(asPlanned);
  const message = { kind: "epicStuck", tasks } as const;
  return { effects: [{ kind: "say", thread: { on: "epic" }, message }] };
}

function isStuck(view: EpicView): boolean {
  if (view.epic.state !== "IN_PROGRESS" || !view.epic.planAccepted) return false;
  const open = view.tasks.filter((task) => !taskHasEnded(task));
  if (open.length === 0 || !supervisorHasSpoken(view)) return false;
  return waitingInVain(view.tasks).length === open.length;
}

/** Its turn is over and nothing gives it another. One that is gone has nothing more to say. */
function supervisorHasSpoken(view: EpicView): boolean {
  const supervisor = agentOf(view, "supervisor");
  if (!supervisor || agentHasEnded(supervisor)) return true;
  const isResting = supervisor.state === "WAITING" || supervisor.state === "ASLEEP";
  return isResting && !awaitsNews(view, supervisor.key);
}

/** The pull request's number may not be known yet: the effects resolve it when they are sent. */
function readyForHuman(view: EpicView, landed: number): Decision {
  const epic = epicIn(view.epic, { state: "AWAITING_HUMAN_REVIEW" });
  return {
    epic,
    effects: [
      { kind: "markEpicPullRequestReady" },
      labelEpic(epic),
      {
        kind: "say",
        thread: { on: "epic" },
        message: { kind: "epicReady", landed, failed: view.tasks.length - landed },
      },
    ],
  };
}
