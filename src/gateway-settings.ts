import { readFileSync } from "node:fs";
import { type Config, ConfigError } from "./config.ts";
import type { BudgetLimits } from "./domain/budget.ts";
import { builtInModels, type ModelList } from "./gateway/models.ts";
import { parseModels } from "./gateway/parse-models.ts";
import type { Upstream } from "./gateway/upstream.ts";
import { defaultMaxTokens } from "./http/agent-ports.ts";
import type { GatewaySettings } from "./http/gateway-options.ts";
import { systemClock } from "./lib/clock.ts";
import { shown } from "./settings/say-mistake.ts";

// The operator's words about models, as the gateway and the rules want them.

/** @throws {ConfigError} naming what is missing or wrong */
export function gatewaySettings(config: Config, allowedModels: readonly string[]): GatewaySettings {
  return {
    upstream: upstreamOf(config),
    models: modelsOf(config),
    allowedModels,
    budgets: budgetsOf(config),
    limiter: {
      set: {
        callsPerMinute: config.MODEL_CALLS_PER_MINUTE ?? null,
        callsPerHour: config.MODEL_CALLS_PER_HOUR ?? null,
        tokensPerMinute: config.MODEL_TOKENS_PER_MINUTE ?? null,
        tokensPerHour: config.MODEL_TOKENS_PER_HOUR ?? null,
      },
      share: config.MODEL_LIMIT_PERCENT / 100,
      priorityMs: config.MODEL_PRIORITY_MS,
      firstCalls: config.MODEL_FIRST_CALLS,
      firstWaitMs: config.MODEL_PAUSE_MS,
      longestPauseMs: config.MODEL_LONGEST_PAUSE_MS,
    },
    limits: {
      attempts: config.MODEL_ATTEMPTS,
      firstWaitMs: config.MODEL_RETRY_MS,
      holdMs: config.MODEL_HOLD_MS,
      firstByteMs: config.MODEL_FIRST_BYTE_MS,
    },
    requestLimits: {
      maxBytes: config.MAX_MODEL_REQUEST_BYTES,
      timeoutMs: config.MODEL_REQUEST_LIMIT_MS,
    },
    troubleMs: config.MODEL_TROUBLE_MS,
    idleMs: config.MODEL_IDLE_MS,
    drainMs: config.MODEL_DRAIN_MS,
    leaseMs: config.MODEL_LEASE_MS,
    answerMs: config.MODEL_ANSWER_LIMIT_MS,
    // A life's answers and its summaries.
    maxTokens: Math.max(defaultMaxTokens, config.SUMMARY_TOKENS),
    clock: systemClock,
  };
}

export function budgetsOf(config: Config): BudgetLimits {
  return {
    attempt: config.ATTEMPT_BUDGET_USD,
    task: config.TASK_BUDGET_USD,
    epic: config.EPIC_BUDGET_USD,
    day: config.DAY_BUDGET_USD,
    most: config.MAX_BUDGET_USD,
    warnShare: config.BUDGET_WARN_PERCENT / 100,
  };
}

/** The built-in list of models, or what MODELS_FILE puts over it. */
export function modelsOf({ MODELS_FILE: path }: Config): ModelList {
  if (path === undefined) return builtInModels;
  const read = parseModels(textOf(path), builtInModels);
  if (!("problems" in read)) return read;
  throw new ConfigError(read.problems.map((problem) => `MODELS_FILE: ${problem}`).join("\n"));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new ConfigError(`MODELS_FILE: cannot read the file it names, ${shown(path)} (${reason})`);
  }
}

function upstreamOf(config: Config): Upstream {
  const baseUrl = config.ANTHROPIC_BASE_URL.replace(/\/+$/, "");
  const { ANTHROPIC_API_KEY: key, ANTHROPIC_AUTH_TOKEN: token } = config;
  if (key) return { baseUrl, credential: { kind: "apiKey", secret: key } };
  if (token) return { baseUrl, credential: { kind: "authToken", secret: token } };
  throw new ConfigError(
    "ANTHROPIC_API_KEY: is not set, nor is ANTHROPIC_AUTH_TOKEN; one of them pays for the models",
  );
}
