import type { MessageParam } from "@anthropic-ai/sdk/resources/messages";
import type { Door } from "./door.ts";
import type { LoopLimits } from "./notice-loop.ts";
import type { Compaction } from "./transcript.ts";
import { type Failure, judgeStatus } from "./weather.ts";

// The product's interface for runners. What comes from there is the product's own and trusted in
// shape; every request is also the life's heartbeat.

export type LifeStart = {
  readonly agent: string;
  readonly life: number;
  readonly role: string;
  readonly model: string;
  readonly maxTokens: number;
  readonly system: string;
  /** The first turn, then every turn from `compaction.fromSeq` on; all of them without one. */
  readonly messages: readonly MessageParam[];
  /** The number the next turn will have. */
  readonly nextSeq: number;
  /** What stands for the turns left out of `messages`. */
  readonly compaction: Compaction | null;
  /** What Claude Code put beside the turns, in order. */
  readonly sessionNotes: readonly SessionNote[];
  readonly openCalls: readonly { readonly callId: string; readonly tool: string }[];
  readonly limits: LifeLimits;
};

export type LifeLimits = LoopLimits & {
  readonly idleMs: number;
  readonly maxTurns: number;
  readonly toolTimeoutMs: number;
  readonly toolOutputBytes: number;
  /** What the model's window holds, question and answer together. */
  readonly contextTokens: number;
  /** A question larger than this part of the window is preceded by a compaction. */
  readonly compactAtPercent: number;
  /** About as much of the window is kept whole by one. */
  readonly compactKeepPercent: number;
  /** The longest summary. */
  readonly summaryTokens: number;
  /** One answer may take so long from question to end. */
  readonly answerMs: number;
  /** What comes after so many bytes of an answer is not read. */
  readonly answerBytes: number;
  /** Bytes of one stored turn, as JSON. */
  readonly turnBytes: number;
  /** Weather that lasts longer ends the life. */
  readonly patienceMs: number;
};

export type SessionNote = {
  /** The turn it stands behind. */
  readonly afterSeq: number;
  readonly note: object;
};

export type ToolResult = { readonly content: string; readonly isError: boolean };

export type LocalCallState =
  | { readonly state: "started" }
  | { readonly state: "done"; readonly result: ToolResult }
  | { readonly state: "interrupted" };

export type WaitAnswer =
  | { readonly kind: "mail"; readonly text: string }
  | { readonly kind: "nothing" }
  | { readonly kind: "sleep" }
  | { readonly kind: "stop"; readonly reason: string };

export type FactoryApi = {
  readonly start: () => Promise<LifeStart>;
  /** Idempotent by `seq`, the index in the conversation. */
  readonly storeTurn: (seq: number, turn: MessageParam) => Promise<void>;
  /** Stored beside the turns, which stay; idempotent by `fromSeq`. */
  readonly storeCompaction: (
    compaction: Compaction & { readonly tokensBefore: number; readonly tokensAfter: number },
  ) => Promise<void>;
  /** Idempotent by `place`, which the life counts. */
  readonly keepNote: (note: SessionNote & { readonly place: number }) => Promise<void>;
  readonly beginCall: (callId: string, tool: string, input: unknown) => Promise<LocalCallState>;
  readonly endCall: (callId: string, tool: string, result: ToolResult) => Promise<void>;
  /** Answers within a minute. */
  readonly wait: (idleMs: number) => Promise<WaitAnswer>;
};

/** A request that the product answered with anything but success. */
class ApiError extends Error {
  readonly status: number;
  readonly retryAfter: string | null;

  constructor(status: number, detail: string, retryAfter: string | null) {
    super(detail);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

const REQUEST_TIMEOUT_MS = 90_000;
const LONGEST_DETAIL = 300;

export function createFactoryApi({ baseUrl, fetch, token }: Door): FactoryApi {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${baseUrl}/agent/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) {
      const detail = text.slice(0, LONGEST_DETAIL);
      throw new ApiError(response.status, detail, response.headers.get("retry-after"));
    }
    return text === "" ? null : JSON.parse(text);
  };
  return {
    // The casts: both ends are deployed together, and what the product answers is its own.
    start: async () => (await call("GET", "start")) as LifeStart,
    storeTurn: async (seq, { role, content }) => {
      await call("POST", "turns", { seq, role, content });
    },
    storeCompaction: async (compaction) => {
      await call("POST", "compactions", compaction);
    },
    keepNote: async (note) => {
      await call("POST", "session", note);
    },
    // The cast: as above.
    beginCall: async (callId, tool, input) =>
      (await call("POST", "local-calls", {
        ...{ callId, tool, input },
        state: "started",
      })) as LocalCallState,
    endCall: async (callId, tool, result) => {
      await call("POST", "local-calls", { callId, tool, state: "done", result });
    },
    // The cast: as above.
    wait: async (idleMs) => (await call("POST", "wait", { idleMs })) as WaitAnswer,
  };
}

/** What an error of this interface means; whatever is no answer at all is a broken connection. */
export function judgeApiError(error: unknown): Failure {
  if (error instanceof ApiError) return judgeStatus(error.status, error.message, error.retryAfter);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return { kind: "weather", detail: String(cause), retryAfterMs: null };
}
