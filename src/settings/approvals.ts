import { count, list } from "./shapes.ts";

const dayMs = 86_400_000;
const twoWeeksMs = 14 * dayMs;

/** Calls of agents in strict mode that wait for people, and tools that nobody may call. */
export const approvals = {
  APPROVAL_LIMIT_MS: count(dayMs, twoWeeksMs).describe(
    "How long a call waits for a person's approval, and an approval for its agent",
  ),
  MAX_PENDING_APPROVALS: count(5, 100).describe(
    "Calls of one agent that wait for approval at once",
  ),
  DENIED_TOOLS: list("").describe(
    "Tools that no agent may call in any mode, by name, separated by commas",
  ),
} as const;
