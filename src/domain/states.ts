// The states of every noun, in the words of GitHub's labels, tables and logs. One meaning each.

export const epicStates = [
  "QUEUED",
  "NEEDS_DESIGN",
  "NEEDS_ANSWER",
  "NEEDS_PLAN_APPROVAL",
  "IN_PROGRESS",
  "PAUSED",
  "AWAITING_HUMAN_REVIEW",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
] as const;
export type EpicStateName = (typeof epicStates)[number];

export const taskStates = [
  "PENDING",
  "BLOCKED",
  "IN_PROGRESS",
  "PENDING_REVIEW",
  "CHANGES_REQUESTED",
  "APPROVED",
  "NEEDS_REBASE",
  "PUBLISHING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
] as const;
export type TaskStateName = (typeof taskStates)[number];

export const agentStates = [
  "STARTING",
  "RUNNING",
  "WAITING",
  "ASLEEP",
  "PAUSED",
  "DONE",
  "CRASHED",
  "KILLED",
  "FAILED",
] as const;
export type AgentStateName = (typeof agentStates)[number];

export const approvalStates = [
  "PENDING",
  "APPROVED",
  "DENIED",
  "EXPIRED",
  "RAN",
  "WITHDRAWN",
] as const;
export type ApprovalStateName = (typeof approvalStates)[number];

export const roles = ["orchestrator", "supervisor", "worker"] as const;
export type Role = (typeof roles)[number];
