import { type Agent, type AgentKey, taskOfAgent, workerKey } from "../../src/domain/agent.ts";
import type { Approval } from "../../src/domain/approval.ts";
import type { Epic, EpicState } from "../../src/domain/epic.ts";
import type { Decision, EpicView } from "../../src/domain/epic-view.ts";
import type { Mail } from "../../src/domain/mail.ts";
import type { Profile, ProfileBounds, Profiles } from "../../src/domain/profile.ts";
import { isRefusal, type Refusal } from "../../src/domain/refusal.ts";
import type { Role } from "../../src/domain/states.ts";
import type { Task, TaskState } from "../../src/domain/task.ts";

// Plain values for decisions: an epic at work, tasks in any state, agents at work. What a test is
// about it says itself.

export const tip = sha(1);
export const person = { id: 7, login: "mona" };

/** A full object name, the same for the same number. */
export function sha(number: number): string {
  return number.toString(16).padStart(40, "0");
}

/** The head that a task has submitted. */
export function headOf(ordinal: number): string {
  return sha(100 + ordinal);
}

export function anEpic(
  state: EpicState = { state: "IN_PROGRESS" },
  more: Partial<Epic> = {},
): Epic {
  const base = {
    id: 1,
    repository: { id: 1, githubId: 1, installationId: 1, owner: "acme", name: "shop" },
    issueNumber: 12,
    title: "A shop",
    body: "Sell things.",
    author: person,
    plan: "auto",
    planAccepted: true,
    planRevision: 0,
    planShownBy: null,
    verifyCommand: null,
    branch: "ff/epic-12-a-shop",
    baseBranch: "main",
    baseSha: tip,
    tipSha: tip,
    pullRequest: null,
    pullRequestIsDraft: true,
  } as const;
  // The state's own fields come with the state; what else is given never is one of them.
  return { ...base, ...more, ...state } as Epic;
}

/** A task nobody has started yet; its sub-issue exists. */
export function planned(ordinal: number, more: Partial<Task> = {}): Task {
  return aTask(
    ordinal,
    { state: "PENDING" },
    {
      ...{ branch: null, baseSha: null, headSha: null, submittedSha: null, queuePlace: null },
      ...{ summary: null, pullRequest: null },
      ...more,
    },
  );
}

/** A task that has submitted its head, at the place in the line that its ordinal names. */
export function aTask(
  ordinal: number,
  state: TaskState = { state: "IN_PROGRESS" },
  more: Partial<Task> = {},
): Task {
  const base = {
    ordinal,
    title: `Title ${ordinal}`,
    description: `Description ${ordinal}`,
    acceptance: ["It works."],
    dependsOn: [],
    issueAsked: true,
    issueNumber: 12 + ordinal,
    issueId: 1000 + ordinal,
    branch: `ff/task-${12 + ordinal}-title-${ordinal}`,
    baseSha: tip,
    headSha: headOf(ordinal),
    mergeParentSha: null,
    submittedSha: headOf(ordinal),
    queuePlace: ordinal,
    summary: `Summary ${ordinal}`,
    pullRequest: 20 + ordinal,
    attempts: 0,
  };
  // As with an epic.
  return { ...base, ...more, ...state } as Task;
}

export function approved(ordinal: number, more: Partial<Task> = {}): Task {
  return aTask(ordinal, { state: "APPROVED", approvedSha: headOf(ordinal) }, more);
}

export function publishing(ordinal: number, mergeSha = sha(200 + ordinal)): Task {
  return aTask(ordinal, { state: "PUBLISHING", approvedSha: headOf(ordinal), mergeSha });
}

export function completed(ordinal: number): Task {
  return aTask(ordinal, { state: "COMPLETED", mergeSha: sha(200 + ordinal) });
}

export function anAgent(key: AgentKey, state: Agent["state"] = "RUNNING"): Agent {
  const role = roleOf(key);
  return {
    ...{
      key,
      role,
      task: taskOfAgent(key),
      state,
      life: 1,
      crashes: 0,
      fastCrashes: 0,
      budgetHold: null,
    },
    ...profileOf("sonnet"),
  };
}

/** Whose key it is. */
export function roleOf(key: AgentKey): Role {
  if (key === "supervisor") return "supervisor";
  return key.startsWith("worker/") ? "worker" : "orchestrator";
}

export function profileOf(model: string): Profile {
  return { model, permissions: "yolo", harness: "runner" };
}

/** Profiles of all roles, for rules. */
export function profilesOf(supervisor: string, worker: string): Profiles {
  return {
    orchestrator: profileOf(supervisor),
    supervisor: profileOf(supervisor),
    worker: profileOf(worker),
  };
}

/** A call of the supervisor that waits for a person. */
export function anApproval(id: string, more: Partial<Approval> = {}): Approval {
  const call = { tool: "epic_cancel_task", input: { task: 1, reason: "Not needed" } };
  const wait = { commentId: 1, limitMs: 1_000, overdue: false };
  const base = { id, agent: "supervisor", ...call, ...wait } as const;
  // As with an epic.
  return { ...base, state: "PENDING", ...more } as Approval;
}

/** An operator who allows everything. */
export const anyBounds: ProfileBounds = {
  models: { opus: "opus-1", sonnet: "sonnet-1", haiku: "haiku-1" },
  maxPermissions: "yolo",
  harnesses: ["runner", "claude-code"],
};

/** An epic at work on these tasks. Started tasks have a worker that runs, unless agents are given. */
export function viewOf(tasks: readonly Task[], more: Partial<EpicView> = {}): EpicView {
  const workers = tasks
    .filter(({ state }) => state !== "PENDING" && state !== "BLOCKED")
    .map(({ ordinal }) => anAgent(workerKey(ordinal)));
  const agents = [anAgent("supervisor"), ...workers];
  const settings = { approvals: [], profileSettings: [], notices: [], questions: [] };
  return { epic: anEpic(), tasks, agents, unreadMail: [], ...settings, ...more };
}

export function mailTo(to: AgentKey, id = 1): Mail {
  return { id, to, from: { kind: "product" }, subject: "News", body: "News.", read: false };
}

/** What was decided; a refusal fails the test with its words. */
export function decisionOf(decided: Decision | Refusal): Decision {
  if (isRefusal(decided)) throw new Error(`refused: ${decided.refused}: ${decided.detail}`);
  return decided;
}

/** The word of a refusal; null when something was decided. */
export function refusalOf(decided: object): string | null {
  return isRefusal(decided) ? decided.refused : null;
}

/** The kinds of a decision's effects, in their order. */
export function effectsOf(decision: Decision): readonly string[] {
  return (decision.effects ?? []).map(({ kind }) => kind);
}

/** States by ordinal of the tasks that a decision changes. */
export function statesOf(decision: Decision): Readonly<Record<number, string>> {
  return Object.fromEntries((decision.tasks ?? []).map(({ ordinal, state }) => [ordinal, state]));
}

/** States by key of the agents that a decision changes. */
export function agentsOf(decision: Decision): Readonly<Record<string, string>> {
  return Object.fromEntries((decision.agents ?? []).map(({ key, state }) => [key, state]));
}
