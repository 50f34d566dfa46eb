import Anthropic, { APIConnectionError, APIError } from "@anthropic-ai/sdk";
import type {
  ContentBlockParam,
  Message,
  MessageParam,
  Tool,
} from "@anthropic-ai/sdk/resources/messages";
import { type Failure, judgeStatus } from "./weather.ts";

export type Question = {
  readonly model: string;
  readonly maxTokens: number;
  readonly system: string;
  readonly messages: readonly MessageParam[];
  readonly tools: readonly Tool[];
};

export type Model = {
  /** One streamed answer, whole; `onText` gets what it says as it comes. */
  readonly ask: (question: Question, onText: (text: string) => void) => Promise<Message>;
};

const CACHED = { cache_control: { type: "ephemeral" } } as const;

// Said inside a stream that began with 200, so there is no status to go by.
const PASSING_TYPES: ReadonlySet<string> = new Set([
  ...["overloaded_error", "api_error", "rate_limit_error", "timeout_error"],
]);

/** @param baseUrl leads to the model gateway, which adds the key */
export function createModel(baseUrl: string, token: string): Model {
  const client = new Anthropic({
    baseURL: baseUrl,
    apiKey: null,
    authToken: token,
    // Retried by the runner, where a person can see it.
    maxRetries: 0,
  });
  return {
    ask: async ({ model, maxTokens, system, messages, tools }, onText) => {
      const stream = client.messages.stream({
        model,
        max_tokens: maxTokens,
        // The mark after the system text covers the tools too, which come before it.
        system: [{ type: "text", text: system, ...CACHED }],
        messages: withCacheMark(messages),
        tools: [...tools],
      });
      stream.on("text", onText);
      return await stream.finalMessage();
    },
  };
}

/** Marks the last block, so that the next question finds everything before it cached. */
export function withCacheMark(messages: readonly MessageParam[]): MessageParam[] {
  const last = messages.at(-1);
  if (last?.role !== "user") return [...messages];
  const blocks: ContentBlockParam[] =
    typeof last.content === "string" ? [{ type: "text", text: last.content }] : [...last.content];
  const block = blocks.pop();
  if (block === undefined || block.type === "thinking" || block.type === "redacted_thinking") {
    return [...messages];
  }
  // The cast: spreading keeps the block's own type, which the compiler widens to the union.
  const marked = { ...block, ...CACHED } as ContentBlockParam;
  return [...messages.slice(0, -1), { role: "user", content: [...blocks, marked] }];
}

/** What an error of the model's interface means. */
export function judgeModelError(error: unknown): Failure | null {
  if (error instanceof APIConnectionError) {
    return { kind: "weather", detail: String(error.cause ?? error.message), retryAfterMs: null };
  }
  if (error instanceof APIError) {
    const status: number | undefined = error.status;
    const detail = error.apiMessage ?? error.message;
    if (status !== undefined && status >= 400) {
      return judgeStatus(status, detail, error.headers?.get("retry-after"));
    }
    if (error.type === null || PASSING_TYPES.has(error.type)) {
      return { kind: "weather", detail, retryAfterMs: null };
    }
    return { kind: "refused", detail };
  }
  // A stream cut in the middle, or one that makes no sense: the next one may.
  if (error instanceof Anthropic.AnthropicError || error instanceof TypeError) {
    return { kind: "weather", detail: error.message, retryAfterMs: null };
  }
  return null;
}
