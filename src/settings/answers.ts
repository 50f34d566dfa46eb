import { ms } from "./shapes.ts";

const hourMs = 3_600_000;

/** What people are answered. */
export const answers = {
  REFUSAL_QUIET_MS: ms(hourMs).describe(
    "How long the same refusal of a command is only a reaction after it was told to a person once",
  ),
} as const;
