import { type Prices, priced } from "./prices.ts";

/** What models are called and cost, as of a date: another model behind an alias is another price and behaviour. */
export type ModelList = {
  /** The day the list was compared with the provider's. */
  readonly asOf: string;
  /** Full ids by alias. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly prices: Prices;
};

/** @see https://platform.claude.com/docs/en/about-claude/pricing */
export const builtInModels: ModelList = {
  asOf: "2026-11-22",
  aliases: { opus: "claude-opus-5-5", sonnet: "claude-sonnet-5-5", haiku: "claude-haiku-5-5" },
  prices: {
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

/** A model's full id, from an alias or an id. */
export function modelIdOf(model: string, { aliases }: ModelList = builtInModels): string {
  return Object.hasOwn(aliases, model) ? (aliases[model] ?? model) : model;
}
