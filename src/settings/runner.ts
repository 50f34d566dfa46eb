import { z } from "zod";
import { count, ms } from "./shapes.ts";

const leastWindow = 10_000;
const mostWindow = 100_000_000;
const mostBytes = 32_000_000;
const percent = (value: number) => z.coerce.number().int().min(1).max(95).default(value);

/** How the built-in runner keeps a conversation within its bounds. */
export const runner = {
  CONTEXT_TOKENS: z.coerce
    .number()
    .int()
    .min(leastWindow)
    .max(mostWindow)
    .default(200_000)
    .describe("Window of a model in tokens, question and answer together"),
  MODEL_CONTEXT_TOKENS: z
    .string()
    .default("")
    .transform(windowsIn)
    .describe("Windows of models with another one: haiku=100000,claude-opus-5-5=1000000"),
  COMPACT_AT_PERCENT: percent(75).describe(
    "Part of the window at which a conversation is compacted",
  ),
  COMPACT_KEEP_PERCENT: percent(20).describe(
    "Part of the window that the turns have which are kept whole by a compaction",
  ),
  SUMMARY_TOKENS: count(4_000, 100_000).describe("Longest summary of the turns that are not"),
  MODEL_ANSWER_LIMIT_MS: ms(600_000).describe("Limit of one answer of a model, start to end"),
  MAX_ANSWER_BYTES: count(1_000_000, mostBytes).describe("What is read of one answer of a model"),
  AGENT_PATIENCE_MS: ms(900_000).describe(
    "For so long an agent asks again where a request meets an outage or a limit",
  ),
  MAX_REPEATED_CALLS: count(3, 1_000).describe(
    "The same tool call so often in a row is a loop: told once, then the life ends",
  ),
  MAX_WRONG_CALLS: count(3, 1_000).describe(
    "Answers in a row that call what no tool can take, until it counts as a loop",
  ),
  MAX_EMPTY_ANSWERS: count(3, 1_000).describe(
    "Answers in a row that are empty or cut off, until the life ends",
  ),
} as const;

/** `name=tokens`, separated by commas. */
function windowsIn(text: string, context: z.RefinementCtx): Readonly<Record<string, number>> {
  const entries = text.split(",").flatMap((entry) => (entry.trim() === "" ? [] : [entry.trim()]));
  return Object.fromEntries(
    entries.map((entry) => {
      const [name = "", number = ""] = entry.split("=", 2).map((part) => part.trim());
      const tokens = Number(number);
      const isWindow = Number.isInteger(tokens) && tokens >= leastWindow && tokens <= mostWindow;
      if (name === "" || !isWindow)
        context.addIssue(
          `${entry} is not model=tokens, with ${leastWindow} to ${mostWindow} tokens, as in haiku=200000`,
        );
      return [name, tokens];
    }),
  );
}
