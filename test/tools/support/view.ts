import type { Agent } from "../../../src/domain/agent.ts";
import {
  type AgentKey,
  type LifeIdentity,
  taskOfAgent,
  workerKey,
} from "../../../src/domain/agent.ts";
import type { EpicView } from "../../../src/domain/epic-view.ts";
import { nameOfAgent } from "../../../src/domain/name-of-agent.ts";
import type { Task, TaskState } from "../../../src/domain/task.ts";
import type { Tool, ToolOutcome } from "../../../src/tools/define-tool.ts";
import { anyBounds, profileOf, roleOf } from "../../support/epic-view.ts";

export const tip = "1".repeat(40);
export const head = "2".repeat(40);

/** A task with a submission, in any state. */
export function task(ordinal: number, state: TaskState = { state: "IN_PROGRESS" }): Task {
  return {
    ordinal,
    title: `Title of ${ordinal}`,
    description: `Description of ${ordinal}`,
    acceptance: ["It works."],
    dependsOn: [],
    issueAsked: true,
    issueNumber: 12 + ordinal,
    issueId: 1000 + ordinal,
    branch: `ff/task-${12 + ordinal}`,
    baseSha: tip,
    headSha: head,
    mergeParentSha: null,
    submittedSha: head,
    queuePlace: ordinal,
    summary: `Summary of ${ordinal}`,
    pullRequest: 20 + ordinal,
    attempts: 1,
    ...state,
  };
}

export function agent(key: AgentKey, state: Agent["state"] = "RUNNING"): Agent {
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
    ...{ model: "m", permissions: "yolo", harness: "runner" },
  };
}

/** An epic at work with these tasks, each with its worker. */
export function viewOf(tasks: readonly Task[]): EpicView {
  return {
    epic: {
      id: 1,
      repository: { id: 1, githubId: 1, installationId: 1, owner: "acme", name: "shop" },
      issueNumber: 12,
      title: "A shop",
      body: "Sell things.",
      author: { id: 7, login: "mona" },
      plan: "auto",
      planAccepted: false,
      planRevision: 0,
      planShownBy: null,
      verifyCommand: null,
      branch: "ff/epic-12-a-shop",
      baseBranch: "main",
      baseSha: tip,
      tipSha: tip,
      pullRequest: null,
      pullRequestIsDraft: true,
      state: "IN_PROGRESS",
    },
    tasks,
    agents: [agent("supervisor"), ...tasks.map(({ ordinal }) => agent(workerKey(ordinal)))],
    unreadMail: [],
    notices: [],
    approvals: [],
    profileSettings: [],
    questions: [],
  };
}

export function lifeOf(key: AgentKey): LifeIdentity {
  const role = roleOf(key);
  return { epicId: 1, agent: key, role, task: taskOfAgent(key), life: 1 };
}

/** What a tool answers to a caller with right arguments; wrong ones are the refusal itself. */
export function call(tool: Tool, key: AgentKey, view: EpicView, input: unknown = {}): ToolOutcome {
  const prepared = tool.prepare(input);
  if (typeof prepared !== "function") return prepared;
  const profile = profileOf("m");
  const profiles = { orchestrator: profile, supervisor: profile, worker: profile };
  const rules = { profiles, bounds: anyBounds };
  const caller = { life: lifeOf(key), view, name: nameOfAgent(view, key) };
  return prepared({ ...caller, profiles: rules, installation: null });
}
