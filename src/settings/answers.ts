import { count, ms } from "./shapes.ts";

const hourMs = 3_600_000;

/** What people are answered and told. */
export const answers = {
  REFUSAL_QUIET_MS: ms(hourMs).describe(
    "How long the same refusal of a command is only a reaction after it was told to a person once",
  ),
  REFUSALS_TOLD: count(10, 1_000).describe(
    "Refusals of commands that a person is told within REFUSAL_QUIET_MS; further ones are only a reaction",
  ),
  TOOL_REFUSALS_TOLD: count(5, 1_000).describe(
    "Refusals in a row of a step to landing, after which a worker's supervisor is told, of others people",
  ),
} as const;
