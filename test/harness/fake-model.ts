import type { ServerResponse } from "node:http";

// The provider as runners see it: its streaming protocol, one scripted answer after another.

type Block =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "tool_use";
      readonly id: string;
      readonly name: string;
      readonly input: object;
      /** The input as it goes over the wire, where it is not what JSON makes of `input`. */
      readonly wire?: string;
    };

export type ModelAnswer =
  | {
      readonly kind: "says";
      readonly blocks: readonly Block[];
      readonly stop: string;
      /** What the provider counted of the question; default 1. */
      readonly inputTokens?: number;
    }
  | {
      readonly kind: "status";
      readonly status: number;
      readonly retryAfter?: string;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "overloadedInStream" | "cut" | "garbled" | "noStop" | "endless" };

export function says(...blocks: readonly Block[]): ModelAnswer {
  const stop = blocks.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn";
  return { kind: "says", blocks, stop };
}

export function text(words: string): Block {
  return { type: "text", text: words };
}

export function use(id: string, name: string, input: object): Block {
  return { type: "tool_use", id, name, input };
}

/** A call whose input is not what it should be. */
export function useWire(id: string, name: string, wire: string): Block {
  return { type: "tool_use", id, name, input: {}, wire };
}

/** Streams one answer; a script that is over is a mistake of the request. */
export function answerModel(answer: ModelAnswer | undefined, response: ServerResponse): void {
  if (answer === undefined || answer.kind === "status") {
    refuse(answer, response);
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const event: Send = (type, data) => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };
  const inputTokens = answer.kind === "says" ? (answer.inputTokens ?? 1) : 1;
  event("message_start", { message: emptyMessage(inputTokens) });
  if (answer.kind === "says") {
    for (const [index, block] of answer.blocks.entries()) streamBlock(event, index, block);
    event("message_delta", {
      delta: { stop_reason: answer.stop, stop_sequence: null },
      usage: { output_tokens: 9 },
    });
    event("message_stop", {});
    response.end();
    return;
  }
  endBadly(answer.kind, event, response);
}

type Send = (type: string, data: object) => void;

function refuse(
  answer: Extract<ModelAnswer, { readonly kind: "status" }> | undefined,
  response: ServerResponse,
): void {
  if (answer?.retryAfter !== undefined) response.setHeader("retry-after", answer.retryAfter);
  const headers = { ...answer?.headers, "content-type": "application/json" };
  response.writeHead(answer?.status ?? 400, headers);
  const error = { type: "error_of_the_test", message: answer?.message ?? "no answer" };
  response.end(JSON.stringify({ type: "error", error }));
}

function endBadly(
  how: "overloadedInStream" | "cut" | "garbled" | "noStop" | "endless",
  event: Send,
  response: ServerResponse,
): void {
  switch (how) {
    case "cut":
      setImmediate(() => response.destroy());
      return;
    case "overloadedInStream":
      event("error", { error: { type: "overloaded_error", message: "Overloaded" } });
      response.end();
      return;
    case "garbled":
      response.end('event: content_block_start\ndata: {"type": "content_bl\n\n');
      return;
    case "noStop":
      streamBlock(event, 0, text("I begin and"));
      response.end();
      return;
    case "endless": {
      const timer = setInterval(() => event("ping", {}), 20);
      response.on("close", () => clearInterval(timer));
      return;
    }
    default:
      how satisfies never;
  }
}

const PIECE = 100_000;

function streamBlock(event: Send, index: number, block: Block): void {
  const content_block =
    block.type === "text"
      ? { ...block, text: "" }
      : { type: block.type, id: block.id, name: block.name, input: {} };
  event("content_block_start", { index, content_block });
  const whole = block.type === "text" ? block.text : (block.wire ?? JSON.stringify(block.input));
  for (let at = 0; at < whole.length; at += PIECE) {
    const piece = whole.slice(at, at + PIECE);
    const delta =
      block.type === "text"
        ? { type: "text_delta", text: piece }
        : { type: "input_json_delta", partial_json: piece };
    event("content_block_delta", { index, delta });
  }
  event("content_block_stop", { index });
}

function emptyMessage(inputTokens: number): object {
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "model-1",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: inputTokens, output_tokens: 1 },
  };
}
