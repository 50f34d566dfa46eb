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
  INCIDENT_AFTER: count(8, 1_000).describe(
    "Lives of an agent in a row ended by limits or an outage before the orchestrator is asked whether the epic goes on; after as many again people are",
  ),
  INCIDENT_TASKS: count(2, 1_000).describe(
    "Tasks whose workers crashed for good for the same reason before it is asked, too",
  ),
} as const;
