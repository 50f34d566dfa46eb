import { z } from "zod";
import { count, ms, pauseMs, text } from "./shapes.ts";

const dollars = (value: number) => z.coerce.number().min(0).max(1_000_000).default(value);
const limit = z.coerce.number().int().min(1).max(1_000_000_000).optional();

/** How models are called: limits of the provider's account, patience, prices, budgets. */
export const models = {
  MODELS_FILE: text
    .optional()
    .describe("JSON file of aliases and prices that go before the built-in ones"),
  MODEL_CALLS_PER_MINUTE: limit.describe(
    "Model calls a minute of all agents; without it as many as the provider allows",
  ),
  MODEL_CALLS_PER_HOUR: limit.describe("Model calls an hour of all agents; no limit without it"),
  MODEL_TOKENS_PER_MINUTE: limit.describe(
    "Tokens a minute, in and out, without those read from the cache; no limit of ours without it",
  ),
  MODEL_TOKENS_PER_HOUR: limit.describe("The same an hour"),
  MODEL_LIMIT_PERCENT: count(98, 100).describe("How much of the provider's own limits is used"),
  MODEL_FIRST_CALLS: count(4, 1_000).describe(
    "Calls of a model at once, in each web process, before its first answer told the limits",
  ),
  MODEL_PRIORITY_MS: pauseMs(10_000).describe(
    "Waiting by which a supervisor's call comes before a worker's, and an orchestrator's before that",
  ),
  MODEL_HOLD_MS: ms(60_000).describe(
    "How long a call may wait for its turn before its agent sleeps",
  ),
  MODEL_ATTEMPTS: count(4, 20).describe("Tries of a call that the provider fails to answer"),
  MODEL_RETRY_MS: ms(500).describe("The wait after the first failed try, doubled each time"),
  MODEL_PAUSE_MS: ms(1_000).describe(
    "How long nobody calls after a limit or overload for which the provider names no time",
  ),
  MODEL_LONGEST_PAUSE_MS: ms(600_000).describe(
    "The longest such pause, whatever the provider names",
  ),
  MODEL_FIRST_BYTE_MS: ms(110_000).describe("How long an answer may take to begin"),
  MODEL_IDLE_MS: ms(110_000).describe("How long an answer may stand still"),
  MODEL_DRAIN_MS: ms(120_000).describe(
    "How long an answer that nobody reads any more is read on, to know what it cost",
  ),
  MODEL_RESERVATION_MS: ms(1_200_000).describe(
    "After so long a call that nobody booked is booked at its reservation; longer than any call may last",
  ),
  MODEL_LEASE_MS: ms(30_000).describe(
    "A web process that says nothing of its calls for so long is taken as gone, and they are booked at their reservations",
  ),
  MODEL_TROUBLE_MS: ms(180_000).describe(
    "Nothing but failures for so long stops the start of agents until the provider answers",
  ),
  MODEL_PROBE_MS: ms(30_000).describe(
    "In such a trouble one agent starts so often, to find out whether it is over",
  ),
  MODEL_REQUEST_LIMIT_MS: ms(60_000).describe("How long an agent may take to send one request"),
  MAX_MODEL_REQUEST_BYTES: count(33_554_432, 100_000_000).describe("Largest request of a model"),
  DAY_BUDGET_USD: dollars(100).describe("Dollars an installation may spend on models a day (UTC)"),
  EPIC_BUDGET_USD: dollars(50).describe("Dollars an epic may spend until a person raises it"),
  TASK_BUDGET_USD: dollars(10).describe("Dollars a task may spend until a person raises it"),
  ATTEMPT_BUDGET_USD: dollars(5).describe("Dollars one life of an agent may spend"),
  MAX_BUDGET_USD: dollars(200).describe("Highest budget that people may set for an epic or a task"),
  BUDGET_WARN_PERCENT: count(80, 100).describe("Of a budget, after which people are told"),
} as const;
