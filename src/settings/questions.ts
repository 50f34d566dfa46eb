import { count, ms } from "./shapes.ts";

const tenMinutesMs = 600_000;

/** What rules leave to the orchestrator (A12). */
export const questions = {
  QUESTION_LIMIT_MS: ms(tenMinutesMs).describe(
    "How long the orchestrator may take for one question before people are asked instead",
  ),
  REPEATED_EPIC_PERCENT: count(80, 101).describe(
    "Words in common from which the orchestrator is asked whether an epic repeats another; 101 is never",
  ),
} as const;
