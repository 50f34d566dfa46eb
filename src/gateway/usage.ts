import { z } from "zod";

/** Tokens of one call, as the provider counts them; `input` is what was neither read from nor written to the cache. */
export type Usage = {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
};

export const noUsage: Usage = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
};

const tokens = z.number().int().min(0).nullish();
const reported = z.object({
  input_tokens: tokens,
  output_tokens: tokens,
  cache_read_input_tokens: tokens,
  cache_creation_input_tokens: tokens,
  cache_creation: z
    .object({ ephemeral_5m_input_tokens: tokens, ephemeral_1h_input_tokens: tokens })
    .nullish(),
});
const carrier = z.object({
  usage: reported.nullish(),
  message: z.object({ usage: reported.nullish() }).nullish(),
});

/**
 * What a reply's JSON says about usage, over what was known before: the counts of a stream's later
 * events are running totals and replace earlier ones.
 */
export function usageIn(json: string, before: Usage): Usage {
  const parsed = carrier.safeParse(parseJson(json));
  const said = parsed.success ? (parsed.data.usage ?? parsed.data.message?.usage) : null;
  if (!said) return before;
  const written = said.cache_creation_input_tokens ?? null;
  const oneHour = said.cache_creation?.ephemeral_1h_input_tokens ?? null;
  const fiveMinutes =
    said.cache_creation?.ephemeral_5m_input_tokens ??
    (written === null ? null : written - (oneHour ?? 0));
  return {
    input: said.input_tokens ?? before.input,
    output: said.output_tokens ?? before.output,
    cacheRead: said.cache_read_input_tokens ?? before.cacheRead,
    cacheWrite5m: fiveMinutes ?? before.cacheWrite5m,
    cacheWrite1h: oneHour ?? before.cacheWrite1h,
  };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
