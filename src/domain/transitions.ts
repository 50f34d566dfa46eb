import type { AgentStateName, ApprovalStateName, EpicStateName, TaskStateName } from "./states.ts";

// The legal moves of every noun. Whatever stores a state checks it here first, so that a decision
// that jumps is a bug found at once and never a row.

const ends: readonly EpicStateName[] = ["COMPLETED", "FAILED", "CANCELLED"];

export const epicMoves: Readonly<Record<EpicStateName, readonly EpicStateName[]>> = {
  QUEUED: ["NEEDS_DESIGN", "IN_PROGRESS", "PAUSED", ...ends],
  NEEDS_DESIGN: ["QUEUED", "IN_PROGRESS", "PAUSED", ...ends],
  NEEDS_ANSWER: ["IN_PROGRESS", "PAUSED", ...ends],
  NEEDS_PLAN_APPROVAL: ["IN_PROGRESS", "PAUSED", ...ends],
  IN_PROGRESS: ["NEEDS_ANSWER", "NEEDS_PLAN_APPROVAL", "PAUSED", "AWAITING_HUMAN_REVIEW", ...ends],
  PAUSED: [
    "QUEUED",
    "NEEDS_DESIGN",
    "NEEDS_ANSWER",
    "NEEDS_PLAN_APPROVAL",
    "IN_PROGRESS",
    "AWAITING_HUMAN_REVIEW",
    ...ends,
  ],
  AWAITING_HUMAN_REVIEW: ["IN_PROGRESS", "PAUSED", ...ends],
  COMPLETED: [],
  FAILED: ["IN_PROGRESS"],
  CANCELLED: ["IN_PROGRESS"],
};

export const taskMoves: Readonly<Record<TaskStateName, readonly TaskStateName[]>> = {
  PENDING: ["BLOCKED", "IN_PROGRESS", "FAILED", "CANCELLED"],
  BLOCKED: ["PENDING", "IN_PROGRESS", "FAILED", "CANCELLED"],
  IN_PROGRESS: ["BLOCKED", "PENDING", "PENDING_REVIEW", "FAILED", "CANCELLED"],
  PENDING_REVIEW: ["CHANGES_REQUESTED", "APPROVED", "NEEDS_REBASE", "FAILED", "CANCELLED"],
  CHANGES_REQUESTED: ["PENDING", "PENDING_REVIEW", "FAILED", "CANCELLED"],
  APPROVED: [
    "PENDING_REVIEW",
    "CHANGES_REQUESTED",
    "NEEDS_REBASE",
    "PUBLISHING",
    "FAILED",
    "CANCELLED",
  ],
  NEEDS_REBASE: ["PENDING", "PENDING_REVIEW", "FAILED", "CANCELLED"],
  PUBLISHING: ["APPROVED", "COMPLETED", "CANCELLED"],
  COMPLETED: [],
  FAILED: ["PENDING", "IN_PROGRESS"],
  CANCELLED: ["PENDING"],
};

const ended: readonly AgentStateName[] = ["DONE", "KILLED", "FAILED"];

export const agentMoves: Readonly<Record<AgentStateName, readonly AgentStateName[]>> = {
  STARTING: ["RUNNING", "CRASHED", "PAUSED", ...ended],
  RUNNING: ["WAITING", "ASLEEP", "CRASHED", "STARTING", "PAUSED", ...ended],
  WAITING: ["RUNNING", "ASLEEP", "CRASHED", "STARTING", "PAUSED", ...ended],
  ASLEEP: ["STARTING", "PAUSED", ...ended],
  PAUSED: ["STARTING", ...ended],
  DONE: ["STARTING"],
  CRASHED: ["STARTING", "PAUSED", ...ended],
  KILLED: ["STARTING"],
  FAILED: ["STARTING"],
};

export const approvalMoves: Readonly<Record<ApprovalStateName, readonly ApprovalStateName[]>> = {
  PENDING: ["APPROVED", "DENIED", "EXPIRED", "WITHDRAWN"],
  APPROVED: ["RAN", "DENIED", "EXPIRED", "WITHDRAWN"],
  DENIED: [],
  EXPIRED: [],
  RAN: [],
  WITHDRAWN: [],
};
