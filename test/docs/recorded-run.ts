import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { agentStates, epicStates, taskStates } from "../../src/domain/states.ts";

/** A change of state, as the product's own history has it. */
const move = z.object({
  noun: z.enum(["epic", "task", "agent"]),
  key: z.string(),
  to: z.enum([...epicStates, ...taskStates, ...agentStates]),
  /** Seconds since the issue was labelled. */
  second: z.number().min(0),
});

/** What a run of the demo left behind, as far as its picture tells it. */
export const recordedRun = z.object({
  epic: z.object({ issue: z.number(), title: z.string(), pullRequest: z.number() }),
  tasks: z.array(
    z.object({
      key: z.string(),
      issue: z.number(),
      title: z.string(),
      pullRequest: z.number(),
      landedAs: z.string().regex(/^[0-9a-f]{40}$/),
    }),
  ),
  seconds: z.number(),
  modelCalls: z.number(),
  requests: z.number(),
  violations: z.number(),
  moves: z.array(move).min(1),
});

export type RecordedRun = z.infer<typeof recordedRun>;

export const recordedRunFile = join(import.meta.dirname, "recorded-run.json");

/** The run that the picture in README.md shows. */
export function readRecordedRun(): RecordedRun {
  return recordedRun.parse(JSON.parse(readFileSync(recordedRunFile, "utf8")));
}
