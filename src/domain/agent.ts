import type { BudgetLevel } from "./budget.ts";
import type { Profile } from "./profile.ts";
import type { AgentStateName, Role } from "./states.ts";

/** Our own name of an agent inside its epic, known before any GitHub number is. */
export type AgentKey = "supervisor" | `worker/${number}` | `orchestrator/${number}`;

export type Agent = Profile & {
  readonly key: AgentKey;
  readonly role: Role;
  /** The ordinal of a worker's task; null for everybody else. */
  readonly task: number | null;
  readonly state: AgentStateName;
  /** The number of its newest life; 0 before the first. */
  readonly life: number;
  /** Lives that ended without having been asked to. */
  readonly crashes: number;
  /** Lives in a row that crashed soon after their start (R3). */
  readonly fastCrashes: number;
  /** The spent budget that holds it PAUSED, whatever becomes of its epic; null when none does. */
  readonly budgetHold: BudgetLevel | null;
};

/** Who is calling: taken from the token of a life, never from what the model said. */
export type LifeIdentity = {
  readonly epicId: number;
  readonly agent: AgentKey;
  readonly role: Role;
  readonly task: number | null;
  readonly life: number;
};

/** The key of a task's worker. */
export function workerKey(task: number): AgentKey {
  return `worker/${task}`;
}

/** The ordinal in a worker's key; null for everybody else's. */
export function taskOfAgent(key: AgentKey): number | null {
  return key.startsWith("worker/") ? Number(key.slice("worker/".length)) : null;
}

/** The name people see: role and issue, `supervisor-12`, `worker-15`. */
export function agentName(role: Role, issueNumber: number): string {
  return `${role}-${issueNumber}`;
}

/** True once an agent has no work any more; only another task of its own brings it back. */
export function agentHasEnded(agent: Pick<Agent, "state">): boolean {
  return agent.state === "DONE" || agent.state === "FAILED" || agent.state === "KILLED";
}
