// The provider's limits by the minute, as buckets that fill continuously.
import type { Script } from "./script-schema.ts";

type Spending = {
  readonly requests: number;
  readonly input: number;
  readonly output: number;
};
type Kind = keyof Spending;

export type RateLimits = {
  /**
   * Takes one call out of the buckets if none is empty. A call may overdraw a bucket, as its size
   * is not known before it is answered; the next one waits for it.
   *
   * @returns `null` when taken, else the seconds to wait and the limit that is in the way
   */
  take(spending: Spending): { readonly retryAfterSeconds: number; readonly limit: string } | null;
  /** The `anthropic-ratelimit-*` headers as of now. */
  headers(): Readonly<Record<string, string>>;
};

const kinds = ["requests", "input", "output"] as const;
const headerName = {
  requests: "requests",
  input: "input-tokens",
  output: "output-tokens",
} as const;
const minuteMs = 60_000;
const defaultLimits = { requests: 4_000, input: 4_000_000, output: 800_000 };

/** Starts with full buckets. `now` is in milliseconds. */
export function createRateLimits(limits: Script["limits"], now: () => number): RateLimits {
  const perMinute = inFull(limits);
  let level: Spending = perMinute;
  let measuredAt = now();

  const refill = (): void => {
    const minutes = (now() - measuredAt) / minuteMs;
    measuredAt = now();
    level = each((kind) => Math.min(perMinute[kind], level[kind] + perMinute[kind] * minutes));
  };
  const msUntil = (kind: Kind, wanted: number): number =>
    Math.max(0, ((wanted - level[kind]) / perMinute[kind]) * minuteMs);

  return {
    take(spending) {
      refill();
      const empty = kinds.find((kind) => level[kind] < 1);
      if (empty)
        return {
          retryAfterSeconds: Math.ceil(msUntil(empty, 1) / 1_000),
          limit: `${perMinute[empty]} ${headerName[empty].replace("-", " ")} per minute`,
        };
      level = each((kind) => level[kind] - spending[kind]);
      return null;
    },
    headers() {
      refill();
      const headersOf = (kind: Kind): Readonly<Record<string, string>> => {
        const prefix = `anthropic-ratelimit-${headerName[kind]}`;
        const fullAt = new Date(now() + msUntil(kind, perMinute[kind]));
        return {
          [`${prefix}-limit`]: String(perMinute[kind]),
          [`${prefix}-remaining`]: String(Math.max(0, Math.floor(level[kind]))),
          [`${prefix}-reset`]: fullAt.toISOString(),
        };
      };
      return Object.assign({}, ...kinds.map(headersOf));
    },
  };
}

function inFull(limits: Script["limits"]): Spending {
  return {
    requests: limits.requestsPerMinute ?? defaultLimits.requests,
    input: limits.inputTokensPerMinute ?? defaultLimits.input,
    output: limits.outputTokensPerMinute ?? defaultLimits.output,
  };
}

function each(value: (kind: Kind) => number): Spending {
  return { requests: value("requests"), input: value("input"), output: value("output") };
}
