import type { IncomingHttpHeaders } from "node:http";

// Limits are windows of so much per so long. The provider's are learned from its answers, by model,
// as it keeps them; the operator's are set and hold for all models together.

/** What one call uses up of limits. Tokens read from the cache use up none. */
export type CallCost = { readonly calls: number; readonly input: number; readonly output: number };

export type RateWindow = {
  readonly name: string;
  readonly limit: number;
  readonly perMs: number;
};

/** A window as an answer's headers show it. */
export type SeenWindow = RateWindow & { readonly remaining: number | null };

export type SetLimits = {
  readonly callsPerMinute: number | null;
  readonly callsPerHour: number | null;
  readonly tokensPerMinute: number | null;
  readonly tokensPerHour: number | null;
};

export const noSetLimits: SetLimits = {
  ...{ callsPerMinute: null, callsPerHour: null },
  ...{ tokensPerMinute: null, tokensPerHour: null },
};

const minuteMs = 60_000;
const hourMs = 3_600_000;
const learnedKinds = ["requests", "input-tokens", "output-tokens", "tokens"] as const;
const setPrefix = "all models: ";

/** The operator's limits as windows. */
export function setWindows(limits: SetLimits): readonly RateWindow[] {
  const windows = [
    { name: `${setPrefix}requests`, limit: limits.callsPerMinute, perMs: minuteMs },
    { name: `${setPrefix}requests per hour`, limit: limits.callsPerHour, perMs: hourMs },
    { name: `${setPrefix}tokens`, limit: limits.tokensPerMinute, perMs: minuteMs },
    { name: `${setPrefix}tokens per hour`, limit: limits.tokensPerHour, perMs: hourMs },
  ];
  return windows.flatMap(({ name, limit, perMs }) =>
    limit === null ? [] : [{ name, limit, perMs }],
  );
}

/**
 * What an answer's headers say about the account's limits for its model.
 *
 * @param share how much of a limit is used, so that clocks and estimates may be a little wrong
 */
export function seenWindows(
  model: string,
  headers: IncomingHttpHeaders,
  share: number,
): readonly SeenWindow[] {
  return learnedKinds.flatMap((kind) => {
    const limit = numberIn(headers, `anthropic-ratelimit-${kind}-limit`);
    if (limit === null || limit <= 0) return [];
    const remaining = numberIn(headers, `anthropic-ratelimit-${kind}-remaining`);
    return [{ name: `${model}: ${kind}`, limit: limit * share, perMs: minuteMs, remaining }];
  });
}

/** Whether the operator set it, for all models. */
export function isSet({ name }: Pick<RateWindow, "name">): boolean {
  return name.startsWith(setPrefix);
}

/** Whether a call of this model draws on the window. */
export function holdsFor(window: RateWindow, model: string): boolean {
  return isSet(window) || window.name.startsWith(`${model}: `);
}

/** What a cost counts in a window. */
export function measure({ name }: RateWindow, { calls, input, output }: CallCost): number {
  const kind = name.slice(name.lastIndexOf(": ") + 2);
  if (kind.startsWith("requests")) return calls;
  if (kind === "input-tokens") return input;
  if (kind === "output-tokens") return output;
  return input + output;
}

function numberIn(headers: IncomingHttpHeaders, name: string): number | null {
  const text = headers[name];
  const value = typeof text === "string" && text !== "" ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : null;
}
