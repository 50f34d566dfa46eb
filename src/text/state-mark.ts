const marks: Readonly<Record<string, string>> = {
  QUEUED: "⚪",
  PENDING: "⚪",
  NEEDS_DESIGN: "✋",
  NEEDS_ANSWER: "✋",
  NEEDS_PLAN_APPROVAL: "✋",
  AWAITING_HUMAN_REVIEW: "✋",
  BLOCKED: "⛔",
  PAUSED: "⏸",
  IN_PROGRESS: "🔵",
  PENDING_REVIEW: "🟣",
  CHANGES_REQUESTED: "🟠",
  NEEDS_REBASE: "🟠",
  APPROVED: "🟢",
  PUBLISHING: "🟢",
  COMPLETED: "✅",
  FAILED: "❌",
  CANCELLED: "🚫",
};

/** One character that lets a reader find a state in a column of them. */
export function markOf(state: string): string {
  return marks[state] ?? "⚪";
}
