const BYTES_PER_TOKEN = 3;

/**
 * Tokens of something before the provider has counted it, from its JSON: more than it will be
 * rather than less, as code has about three bytes to a token and prose four.
 */
export function estimateTokens(value: unknown): number {
  return Math.ceil(Buffer.byteLength(JSON.stringify(value) ?? "") / BYTES_PER_TOKEN);
}
