/** The provider's count of a call's tokens, in its own words. */
export type Usage = InputUsage & {
  readonly output_tokens: number;
  readonly output_tokens_details: null;
  readonly server_tool_use: null;
  readonly service_tier: "standard";
  readonly inference_geo: null;
  readonly speed: "standard";
};

export type InputUsage = {
  /** Tokens neither read from the cache nor written to it. */
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation: {
    readonly ephemeral_5m_input_tokens: number;
    readonly ephemeral_1h_input_tokens: number;
  };
};

const bytesPerToken = 4;

/** Tokens of so many bytes of JSON, about as the real tokenizer has them for English and code. */
export function tokensOf(bytes: number): number {
  return Math.ceil(bytes / bytesPerToken);
}

/** The usage of a call whose reply has this content. */
export function withOutput(input: InputUsage, content: readonly unknown[]): Usage {
  return {
    ...input,
    output_tokens: Math.max(1, tokensOf(Buffer.byteLength(JSON.stringify(content)))),
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: "standard",
    inference_geo: null,
    speed: "standard",
  };
}
