import { z } from "zod";
import type { ModelList } from "./models.ts";
import type { Price } from "./prices.ts";

// MODELS_FILE: the operator's own aliases and prices, over the built-in ones.

const dollars = z.number().min(0).max(10_000);
const price = z.strictObject({
  input: dollars,
  output: dollars,
  cacheRead: dollars.optional(),
  cacheWrite5m: dollars.optional(),
  cacheWrite1h: dollars.optional(),
});
const file = z.strictObject({
  asOf: z.iso.date(),
  aliases: z.record(z.string().min(1), z.string().min(1)).default({}),
  models: z
    .record(
      z.string().min(1),
      price.extend({ above: price.extend({ promptTokens: z.int().min(1) }).optional() }),
    )
    .default({}),
});

/** Of the input price, where a file does not name the cache's. */
const cacheShares = { read: 0.1, write5m: 1.25, write1h: 2 } as const;

/**
 * @param text JSON: `asOf`, `aliases` by name, `models` by id with dollars per million tokens
 * @returns the list, or what is wrong with it, a line each that names the line and the key
 */
export function parseModels(
  text: string,
  base: ModelList,
): ModelList | { readonly problems: readonly string[] } {
  const json = parsed(text);
  if ("problem" in json) return { problems: [json.problem] };
  const read = file.safeParse(json.value);
  if (!read.success)
    return {
      problems: read.error.issues.map(({ path, message }) => {
        const keys = path.map(String);
        return `line ${lineOf(text, keys)}, ${keys.join(".") || "the whole"}: ${message}`;
      }),
    };
  const { asOf, aliases, models } = read.data;
  const prices = Object.entries(models).map(([id, { above, ...own }]) => {
    if (!above) return [id, priceOf(own)] as const;
    const { promptTokens, ...dear } = above;
    return [id, { ...priceOf(own), above: { promptTokens, price: priceOf(dear) } }] as const;
  });
  return {
    asOf,
    aliases: { ...base.aliases, ...aliases },
    prices: { ...base.prices, ...Object.fromEntries(prices) },
  };
}

function priceOf({ input, output, ...cache }: z.output<typeof price>): Price {
  return {
    input,
    output,
    cacheRead: cache.cacheRead ?? input * cacheShares.read,
    cacheWrite5m: cache.cacheWrite5m ?? input * cacheShares.write5m,
    cacheWrite1h: cache.cacheWrite1h ?? input * cacheShares.write1h,
  };
}

function parsed(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const at = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length);
    return { problem: `line ${linesUpTo(text, at)}: ${message}` };
  }
}

/** Where the innermost key that is there is written. */
function lineOf(text: string, keys: readonly string[]): number {
  let at = 0;
  for (const key of keys) {
    const found = text.indexOf(JSON.stringify(key), at);
    if (found < 0) break;
    at = found;
  }
  return linesUpTo(text, at);
}

function linesUpTo(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}
