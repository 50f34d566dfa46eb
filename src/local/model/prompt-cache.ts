// The provider's prompt cache, simulated: what a call reads from it, writes to it, and pays in full.
import type { CountRequest } from "./message-request.ts";
import { type CacheTtl, type Segment, segmentsOf } from "./prompt-segments.ts";
import { type InputUsage, tokensOf } from "./usage.ts";

export type PromptCache = {
  /** Counts a call's input, and remembers the prefixes it marks. */
  account(request: CountRequest): InputUsage;
};

const minimumTokens = 1_024;
/** How many segments before a mark the provider looks for something cached. */
const lookBack = 20;
const maxEntries = 10_000;
const lifetimeMs = { "5m": 5 * 60_000, "1h": 60 * 60_000 } as const;

type Entry = { readonly ttl: CacheTtl; readonly expiresAt: number };

/** Starts with an empty cache. `now` is in milliseconds. */
export function createPromptCache(now: () => number): PromptCache {
  const entries = new Map<string, Entry>();
  const isCached = ({ prefix }: Segment): boolean => (entries.get(prefix)?.expiresAt ?? 0) > now();
  const remember = (prefix: string, ttl: CacheTtl): void => {
    entries.delete(prefix);
    entries.set(prefix, { ttl, expiresAt: now() + lifetimeMs[ttl] });
  };

  return {
    account(request) {
      const segments = segmentsOf(request);
      const read = longestCached(segments, isCached);
      const hit = segments[read];
      const refreshed = hit && entries.get(hit.prefix);
      if (hit && refreshed) remember(hit.prefix, refreshed.ttl);
      const written = segments.filter((segment, at) => at > read && isWorthCaching(segment));
      for (const { prefix, mark } of written) if (mark) remember(prefix, mark);
      forgetOldest(entries);
      return toUsage(segments, hit, written);
    },
  };
}

/** All tokens of a prompt, cached or not. */
export function promptTokens(request: CountRequest): number {
  return tokensOf(segmentsOf(request).at(-1)?.endsAt ?? 0);
}

function isWorthCaching({ mark, endsAt }: Segment): boolean {
  return mark !== null && tokensOf(endsAt) >= minimumTokens;
}

/** The last segment that ends a cached prefix within reach of a mark, else -1. */
function longestCached(
  segments: readonly Segment[],
  isCached: (segment: Segment) => boolean,
): number {
  const marks = segments.flatMap((segment, at) => (isWorthCaching(segment) ? [at] : []));
  return segments.findLastIndex(
    (segment, at) => marks.some((mark) => at <= mark && mark - at <= lookBack) && isCached(segment),
  );
}

function toUsage(
  segments: readonly Segment[],
  hit: Segment | undefined,
  written: readonly Segment[],
): InputUsage {
  const total = tokensOf(segments.at(-1)?.endsAt ?? 0);
  const read = tokensOf(hit?.endsAt ?? 0);
  const created = { "5m": 0, "1h": 0 };
  let cached = read;
  for (const { endsAt, mark } of written) {
    if (mark) created[mark] += tokensOf(endsAt) - cached;
    cached = tokensOf(endsAt);
  }
  return {
    input_tokens: total - cached,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: cached - read,
    cache_creation: {
      ephemeral_5m_input_tokens: created["5m"],
      ephemeral_1h_input_tokens: created["1h"],
    },
  };
}

function forgetOldest(entries: Map<string, Entry>): void {
  for (const prefix of entries.keys()) {
    if (entries.size <= maxEntries) return;
    entries.delete(prefix);
  }
}
