import { z } from "zod";
import { count, ms, pauseMs, text } from "./shapes.ts";

/** How epics are worked on, and the limits of it. */
export const work = {
  PLAN: z
    .enum(["first", "ask", "auto"])
    .default("first")
    .describe("Which plans wait for a human: a repository's first, all, none"),
  EPIC_LABEL: text.default("epic").describe("The label that starts an epic"),
  VERIFY_COMMAND: text
    .optional()
    .describe("What verifies a tree; detected from the repository without it"),
  VERIFY_TIMEOUT_MS: ms(600_000).describe("Limit of one verify"),
  VERIFY_OUTPUT_BYTES: count(65_536, 10_000_000).describe("Output of a verify that is kept"),
  SIGN_OFF: z
    .enum(["true", "false"])
    .default("false")
    .transform((value) => value === "true")
    .describe("Whether commits carry a Signed-off-by line (Developer Certificate of Origin)"),
  MAX_WORKERS: count(10, 1_000).describe("Workers of one epic at work at once"),
  MAX_TASK_RETRIES: count(2, 100).describe(
    "Times a supervisor may begin a failed task again before the orchestrator is asked",
  ),
  MAX_CRASHES: count(5, 100).describe("Crashes after which an agent has failed"),
  MAX_EFFECT_ATTEMPTS: count(20, 1_000).describe("Tries of one effect before people are told"),
  MAX_EFFECT_WAITS: count(120, 10_000).describe(
    "Looks at something an effect needs that is not there yet, before people are told",
  ),
  GITHUB_WRITE_INTERVAL_MS: pauseMs(1_000).describe("Least time between two writes to GitHub"),
  STATUS_INTERVAL_MS: pauseMs(5_000).describe("Least time between two edits of a status comment"),
  SETTLE_LIMIT_MS: pauseMs(60_000).describe(
    "How long GitHub may take to mark a pull request merged",
  ),
  TICK_MS: ms(5_000).describe("How often every queue looks for what a lost wake missed"),
  AGENT_IDLE_MS: ms(20_000).describe("Waiting for mail longer than this ends the process"),
  AGENT_MAX_TURNS: count(300, 100_000).describe("Model turns of one life"),
  MAX_MODEL_CALLS: count(2_000, 1_000_000).describe(
    "Model calls of one life, in all web processes",
  ),
  MAX_MODEL_CALLS_AT_ONCE: count(4, 100).describe(
    "Model calls of one life under way at once, in all web processes",
  ),
  MAX_LIFE_BODY_BYTES: count(67_108_864, 1_000_000_000).describe(
    "Bytes of one life's requests that a web process holds at once",
  ),
  MAX_TURNS: count(5_000, 1_000_000).describe("Turns of a conversation that one life may store"),
  MAX_TURN_BYTES: count(2_000_000, 32_000_000).describe("Largest turn that is stored"),
  MAX_VERIFY_CUTS: count(3, 100).describe(
    "Verifications of one landing that may be killed before a person is asked",
  ),
  TOOL_TIMEOUT_MS: ms(300_000).describe("Limit of one shell command of an agent"),
  TOOL_OUTPUT_BYTES: count(32_768, 1_000_000).describe("Output of a tool that the model sees"),
  MAX_PACK_BYTES: count(52_428_800, 2_000_000_000).describe("Largest hand-over of one commit"),
  MAX_DIFF_BYTES: count(200_000, 5_000_000).describe("Largest diff a reviewer is shown"),
  MAX_FILE_BYTES: count(200_000, 5_000_000).describe("Largest file a reviewer is shown"),
} as const;
