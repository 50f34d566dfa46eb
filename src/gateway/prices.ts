import type { Usage } from "./usage.ts";

/** US dollars per million tokens. */
export type Price = {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
};

export type PriceList = {
  /** The day the list was compared with the provider's. */
  readonly asOf: string;
  readonly models: Readonly<Record<string, ModelPrice>>;
};

type ModelPrice = Price & {
  /** Other prices for calls whose whole prompt, cached or not, is longer than so many tokens. */
  readonly above?: { readonly promptTokens: number; readonly price: Price };
};

const perMillion = 1_000_000;

/** Most models' cache prices follow from their input price. */
function priced(input: number, output: number, cacheRead: number): Price {
  return { input, output, cacheRead, cacheWrite5m: input * 1.25, cacheWrite1h: input * 2 };
}

/** @see https://platform.claude.com/docs/en/about-claude/pricing */
export const defaultPrices: PriceList = {
  asOf: "2026-11-22",
  models: {
    "claude-fable-5-1": priced(10, 50, 0.25),
    "claude-opus-5-5": priced(4, 20, 0.2),
    "claude-opus-5": priced(5, 25, 0.5),
    "claude-opus-4-8": priced(5, 25, 0.5),
    "claude-opus-4-7": priced(5, 25, 0.5),
    "claude-opus-4-6": priced(5, 25, 0.5),
    "claude-opus-4-5": priced(5, 25, 0.5),
    "claude-sonnet-5-5": priced(2, 10, 0.1),
    "claude-sonnet-5": priced(2, 10, 0.2),
    "claude-sonnet-4-6": priced(3, 15, 0.3),
    "claude-sonnet-4-5": priced(3, 15, 0.3),
    "claude-haiku-5-5": {
      ...priced(0.1, 0.5, 0.01),
      above: { promptTokens: 100_000, price: priced(0.5, 2.5, 0.05) },
    },
    "claude-haiku-4-5": priced(1, 5, 0.1),
  },
};

/** @returns US dollars; null for a model without a price */
export function costOf(model: string, usage: Usage, list: PriceList): number | null {
  // A dated id, `claude-haiku-4-5-20251001`, costs what its undated one does.
  const listed = list.models[model] ?? list.models[model.replace(/-\d{8}$/, "")];
  if (!listed) return null;
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
