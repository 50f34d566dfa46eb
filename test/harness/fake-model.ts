import type { ServerResponse } from "node:http";

// The provider as runners see it: its streaming protocol, one scripted answer after another.

type Block =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "tool_use";
      readonly id: string;
      readonly name: string;
      readonly input: object;
    };

export type ModelAnswer =
  | { readonly kind: "says"; readonly blocks: readonly Block[]; readonly stop: string }
  | { readonly kind: "status"; readonly status: number; readonly retryAfter?: string }
  | { readonly kind: "overloadedInStream" }
  | { readonly kind: "cut" };

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

/** Streams one answer; a script that is over is a mistake of the request. */
export function answerModel(answer: ModelAnswer | undefined, response: ServerResponse): void {
  const status = statusOf(answer);
  if (answer === undefined || answer.kind === "status") {
    const retryAfter = answer?.retryAfter;
    if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ type: "error", error: { message: "no answer" } }));
    return;
  }
  response.writeHead(status, { "content-type": "text/event-stream" });
  const event = (type: string, data: object): void => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };
  event("message_start", { message: EMPTY_MESSAGE });
  if (answer.kind === "cut") {
    setImmediate(() => response.destroy());
    return;
  }
  if (answer.kind === "overloadedInStream") {
    event("error", { error: { type: "overloaded_error", message: "Overloaded" } });
    response.end();
    return;
  }
  for (const [index, block] of answer.blocks.entries()) streamBlock(event, index, block);
  event("message_delta", {
    delta: { stop_reason: answer.stop, stop_sequence: null },
    usage: { output_tokens: 9 },
  });
  event("message_stop", {});
  response.end();
}

function streamBlock(
  event: (type: string, data: object) => void,
  index: number,
  block: Block,
): void {
  const isText = block.type === "text";
  const content_block = isText ? { ...block, text: "" } : { ...block, input: {} };
  const delta = isText
    ? { type: "text_delta", text: block.text }
    : { type: "input_json_delta", partial_json: JSON.stringify(block.input) };
  event("content_block_start", { index, content_block });
  event("content_block_delta", { index, delta });
  event("content_block_stop", { index });
}

const EMPTY_MESSAGE = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "model-1",
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};

function statusOf(answer: ModelAnswer | undefined): number {
  if (answer === undefined) return 400;
  return answer.kind === "status" ? answer.status : 200;
}
