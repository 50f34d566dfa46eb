import type { Reservation } from "../ports/model-calls.ts";
import type { ModelList } from "./models.ts";
import { costOf, dearestCost } from "./prices.ts";
import { noUsage, type Usage } from "./usage.ts";

// Nobody knows before a call what the provider still has in its cache. So a reservation has two
// figures: what the call likely costs, by what was cached a moment ago, and the most it may cost,
// if all of its prompt is written anew. Which of them counts is the budget's: see domain/budget.ts.

/** How long a call asks the provider to keep its prompt. */
export type CacheAsked = "none" | "fiveMinutes" | "hour";

/** As large as a request is, before anybody knows its tokens. */
export type CallSize = {
  readonly bytes: number;
  readonly maxTokens: number;
  readonly cache: CacheAsked;
};

export type ReserveBy = {
  readonly models: ModelList;
  /** Of a prompt of the life's that the provider had in its cache a moment ago. */
  readonly cachedTokens: number;
  /** What the model's window holds: a longer prompt is refused and costs nothing. */
  readonly contextTokens: number;
};

/** Code in JSON comes to 3 and more. */
const bytesPerToken = 3;
/** What changed in a prompt's middle, or fell out of the cache in parts, is paid for again. */
const likelyKept = 0.9;

/** What a call holds in its budgets until it is booked. */
export function reserveCall(
  { bytes, maxTokens, cache }: CallSize,
  { callId, model }: Pick<Reservation, "callId" | "model">,
  { models, cachedTokens, contextTokens }: ReserveBy,
): Reservation {
  const prompt = Math.min(Math.ceil(bytes / bytesPerToken), contextTokens);
  const kept = cache === "none" ? 0 : Math.min(prompt, Math.floor(cachedTokens * likelyKept));
  const usageWith = (cacheRead: number): Usage => ({
    ...noUsage,
    ...{ cacheRead, output: maxTokens },
    [anew[cache]]: prompt - cacheRead,
  });
  const [likely, most] = [usageWith(kept), usageWith(0)];
  const cost = costOf(model, most, models.prices);
  const counted = (usage: Usage): number =>
    costOf(model, usage, models.prices) ?? dearestCost(usage, models.prices);
  return {
    ...{ callId, model, tokensIn: prompt, tokensOut: maxTokens, cost },
    likely: Math.min(counted(likely), counted(most)),
    cachedTokens: kept,
    counted: counted(most),
  };
}

const anew = {
  none: "input",
  fiveMinutes: "cacheWrite5m",
  hour: "cacheWrite1h",
} as const satisfies Record<CacheAsked, keyof Usage>;

/** What a request's body asks for, no more than the operator allows. */
export function sizeOf(
  body: { readonly bytes: Uint8Array; readonly json: unknown },
  most: number,
): CallSize {
  const { json } = body;
  const asked =
    typeof json === "object" && json !== null && "max_tokens" in json ? json.max_tokens : most;
  const maxTokens = typeof asked === "number" ? Math.min(most, Math.max(1, asked)) : most;
  return { bytes: body.bytes.length, maxTokens: Math.ceil(maxTokens), cache: cacheAskedIn(json) };
}

/** The longest that any part of a request asks for. */
function cacheAskedIn(json: unknown): CacheAsked {
  const { system, tools, messages } = fieldsOf(json);
  const contents = listOf(messages).map((message) => fieldsOf(message).content);
  const blocks = [system, tools, ...contents].flatMap((part) => blocksIn(part, 0));
  const asked = [json, ...blocks].map(cacheOf);
  if (asked.includes("hour")) return "hour";
  return asked.includes("fiveMinutes") ? "fiveMinutes" : "none";
}

/** Results and documents have blocks of their own; deeper ones the provider does not know. */
const deepest = 3;

/** Only where the provider looks for it: what stands in a tool's input or schema caches nothing. */
function blocksIn(part: unknown, depth: number): readonly unknown[] {
  if (depth > deepest) return [];
  return listOf(part).flatMap((block) => {
    const { content, source } = fieldsOf(block);
    const inner = [content, fieldsOf(source).content];
    return [block, ...inner.flatMap((blocks) => blocksIn(blocks, depth + 1))];
  });
}

function cacheOf(block: unknown): CacheAsked {
  const { cache_control: control } = fieldsOf(block);
  if (typeof control !== "object" || control === null) return "none";
  return fieldsOf(control).ttl === "1h" ? "hour" : "fiveMinutes";
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
