import Anthropic, { APIConnectionError, APIError } from "@anthropic-ai/sdk";
import type {
  ContentBlockParam,
  Message,
  MessageParam,
  MessageStreamEvent,
  Tool,
} from "@anthropic-ai/sdk/resources/messages";
import type { Door } from "./door.ts";
import type { Answer } from "./read-answer.ts";
import { type Failure, judgeStatus } from "./weather.ts";

export type Question = {
  readonly model: string;
  readonly maxTokens: number;
  readonly system: string;
  readonly messages: readonly MessageParam[];
  readonly tools: readonly Tool[];
  /** False: the tools are shown, so that the cache finds its prefix, but must not be called. */
  readonly mayCall: boolean;
  readonly bounds: AnswerBounds;
};

export type AnswerBounds = {
  /** From question to end. */
  readonly answerMs: number;
  /** What comes later is not read; the answer counts as cut off. */
  readonly answerBytes: number;
};

export type Model = {
  /** One streamed answer, whole; `onText` gets what it says as it comes. */
  readonly ask: (question: Question, onText: (text: string) => void) => Promise<Answer>;
};

const CACHED = { cache_control: { type: "ephemeral" } } as const;

// Said inside a stream that began with 200, so there is no status to go by.
const PASSING_TYPES: ReadonlySet<string> = new Set([
  ...["overloaded_error", "api_error", "rate_limit_error", "timeout_error"],
]);

const TOO_LONG = /too long|exceed(s|ed)? (the )?(context|maximum)|context (limit|window|length)/i;

type MessageStream = ReturnType<Anthropic["messages"]["stream"]>;

class AnswerTooSlow extends Error {}

/** Through the model gateway, which adds the key. */
export function createModel({ baseUrl, fetch, token }: Door): Model {
  const client = new Anthropic({
    ...{ baseURL: baseUrl, fetch },
    apiKey: null,
    authToken: token,
    // Retried by the runner, where a person can see it.
    maxRetries: 0,
    // What a broken stream says goes to the pane as a warning.
    logLevel: "off",
  });
  return {
    ask: async (question, onText) => {
      const stream = client.messages.stream(
        {
          model: question.model,
          max_tokens: question.maxTokens,
          // The mark after the system text covers the tools too, which come before it.
          system: [{ type: "text", text: question.system, ...CACHED }],
          messages: withCacheMark(question.messages),
          tools: [...question.tools],
          ...(question.mayCall ? {} : { tool_choice: { type: "none" } as const }),
        },
        { timeout: question.bounds.answerMs },
      );
      stream.on("text", onText);
      return await readStream(stream, question.bounds);
    },
  };
}

/** How far an answer was read, and why no further. */
type Read = { bytes: number; cutAt: Message | null; isLate: boolean };

/** Reads to the end or to a bound. Inputs of tools are kept as they came: the SDK mends broken ones. */
async function readStream(stream: MessageStream, bounds: AnswerBounds): Promise<Answer> {
  const inputs = new Map<number, string>();
  const read: Read = { bytes: 0, cutAt: null, isLate: false };
  stream.on("streamEvent", (event: MessageStreamEvent, snapshot: Message) => {
    const piece = pieceOf(event);
    if (piece === null) return;
    const { index, isInput, text } = piece;
    read.bytes += text.length;
    if (isInput) inputs.set(index, (inputs.get(index) ?? "") + text);
    if (read.bytes <= bounds.answerBytes) return;
    read.cutAt ??= snapshot;
    stream.abort();
  });
  const timer = setTimeout(() => {
    read.isLate = true;
    stream.abort();
  }, bounds.answerMs);
  try {
    return { message: await stream.finalMessage(), inputs };
  } catch (error) {
    if (read.cutAt !== null)
      return { message: { ...read.cutAt, stop_reason: "max_tokens" }, inputs };
    if (!read.isLate) throw error;
    throw new AnswerTooSlow(`no whole answer in ${bounds.answerMs} ms`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function pieceOf(
  event: MessageStreamEvent,
): { readonly index: number; readonly isInput: boolean; readonly text: string } | null {
  if (event.type !== "content_block_delta") return null;
  const { delta, index } = event;
  if (delta.type === "text_delta") return { index, isInput: false, text: delta.text };
  if (delta.type === "thinking_delta") return { index, isInput: false, text: delta.thinking };
  if (delta.type === "input_json_delta") return { index, isInput: true, text: delta.partial_json };
  return null;
}

/** Marks the last block, so that the next question finds everything before it cached. */
function withCacheMark(messages: readonly MessageParam[]): MessageParam[] {
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

/** Whether the question did not fit: the same conversation, shorter, may. */
export function isTooLong(error: unknown): boolean {
  if (!(error instanceof APIError)) return false;
  const status: number | undefined = error.status;
  return status === 413 || (status === 400 && TOO_LONG.test(error.apiMessage ?? error.message));
}

/** What an error of the model's interface means. */
export function judgeModelError(error: unknown): Failure | null {
  if (error instanceof APIConnectionError) {
    return { kind: "weather", detail: String(error.cause ?? error.message), retryAfterMs: null };
  }
  if (error instanceof APIError) {
    const status: number | undefined = error.status;
    const detail = error.apiMessage ?? error.message;
    if (error.headers?.get("x-factory-hold") === "sleep") return { kind: "hold", detail };
    if (status !== undefined && status >= 400) {
      return judgeStatus(status, detail, error.headers?.get("retry-after"));
    }
    if (error.type === null || PASSING_TYPES.has(error.type)) {
      return { kind: "weather", detail, retryAfterMs: null };
    }
    return { kind: "refused", detail };
  }
  // A stream cut in the middle, one that makes no sense, or one without end: the next one may.
  const passes =
    error instanceof Anthropic.AnthropicError ||
    error instanceof TypeError ||
    error instanceof AnswerTooSlow;
  return passes ? { kind: "weather", detail: error.message, retryAfterMs: null } : null;
}
