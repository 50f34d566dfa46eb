import type { Usage } from "./usage.ts";

/** US dollars per million tokens. */
export type Price = {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
};

export type ModelPrice = Price & {
  /** Other prices for calls whose whole prompt, cached or not, is longer than so many tokens. */
  readonly above?: { readonly promptTokens: number; readonly price: Price };
};

/** By a model's full id. */
export type Prices = Readonly<Record<string, ModelPrice>>;

const perMillion = 1_000_000;

/** Most models' prices of writing to the cache follow from their input price. */
export function priced(input: number, output: number, cacheRead: number): Price {
  return { input, output, cacheRead, cacheWrite5m: input * 1.25, cacheWrite1h: input * 2 };
}

/** @returns US dollars; null for a model without a price */
export function costOf(model: string, usage: Usage, prices: Prices): number | null {
  // A dated id, `claude-haiku-4-5-20251001`, costs what its undated one does.
  const listed = prices[model] ?? prices[model.replace(/-\d{8}$/, "")];
  return listed ? costAt(listed, usage) : null;
}

/** What a call of an unknown model counts: nobody spends without limit for want of a price. */
export function dearestCost(usage: Usage, prices: Prices): number {
  return Math.max(0, ...Object.values(prices).map((price) => costAt(price, usage)));
}

function costAt(listed: ModelPrice, usage: Usage): number {
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
  const isLong = listed.above !== undefined && prompt > listed.above.promptTokens;
  const price = isLong ? (listed.above?.price ?? listed) : listed;
  return (
    (usage.input * price.input +
      usage.output * price.output +
      usage.cacheRead * price.cacheRead +
      usage.cacheWrite5m * price.cacheWrite5m +
      usage.cacheWrite1h * price.cacheWrite1h) /
    perMillion
  );
}
