// The reply on the wire: as one message, or as the events of a stream.
import { randomBytes } from "node:crypto";
import type { Reply, ReplyBlock } from "./compose-reply.ts";
import type { Usage } from "./usage.ts";

/** One server-sent event: its name is `data.type`. */
export type StreamEvent = { readonly type: string; readonly [key: string]: unknown };

const deltaChars = 120;

/** The body of a reply that is not streamed. */
export function toMessage(reply: Reply, model: string, usage: Usage): object {
  return {
    ...envelope(reply.id, model),
    content: reply.content.map(whole),
    stop_reason: reply.stopReason,
    usage,
  };
}

/** The events of a streamed reply, in order, `message_stop` last. */
export function toEvents(reply: Reply, model: string, usage: Usage): readonly StreamEvent[] {
  const { output_tokens, input_tokens, cache_creation_input_tokens, cache_read_input_tokens } =
    usage;
  return [
    {
      type: "message_start",
      message: { ...envelope(reply.id, model), usage: { ...usage, output_tokens: 1 } },
    },
    { type: "ping" },
    ...reply.content.flatMap(blockEvents),
    {
      type: "message_delta",
      delta: { stop_reason: reply.stopReason, stop_sequence: null, stop_details: null },
      usage: {
        input_tokens,
        cache_creation_input_tokens,
        cache_read_input_tokens,
        output_tokens,
        server_tool_use: null,
      },
    },
    { type: "message_stop" },
  ];
}

/** An event as it is written to the stream. */
export function toWire(event: StreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** A new id for the `request-id` header; unlike a reply's ids, never the same twice. */
export function newRequestId(): string {
  return `req_01${randomBytes(11).toString("hex")}`;
}

function envelope(id: string, model: string): object {
  return {
    id,
    type: "message",
    role: "assistant",
    model,
    content: [],
    container: null,
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
  };
}

function whole(block: ReplyBlock): object {
  if (block.type === "text") return { ...block, citations: null };
  return block.type === "tool_use" ? { ...block, caller: { type: "direct" } } : block;
}

function blockEvents(block: ReplyBlock, index: number): readonly StreamEvent[] {
  const deltas = deltasOf(block).map((delta) => ({ type: "content_block_delta", index, delta }));
  return [
    { type: "content_block_start", index, content_block: emptied(block) },
    ...deltas,
    { type: "content_block_stop", index },
  ];
}

function emptied(block: ReplyBlock): object {
  switch (block.type) {
    case "text":
      return whole({ ...block, text: "" });
    case "thinking":
      return { ...block, thinking: "", signature: "" };
    case "tool_use":
      return whole({ ...block, input: {} });
    default:
      return block satisfies never;
  }
}

function deltasOf(block: ReplyBlock): readonly object[] {
  switch (block.type) {
    case "text":
      return pieces(block.text).map((text) => ({ type: "text_delta", text }));
    case "thinking":
      return [
        ...pieces(block.thinking).map((thinking) => ({ type: "thinking_delta", thinking })),
        { type: "signature_delta", signature: block.signature },
      ];
    case "tool_use":
      return ["", ...pieces(JSON.stringify(block.input))].map((partial_json) => ({
        type: "input_json_delta",
        partial_json,
      }));
    default:
      return block satisfies never;
  }
}

/** Cuts between characters, never inside one that takes two code units. */
function pieces(text: string): readonly string[] {
  return text.match(new RegExp(`[^]{1,${deltaChars}}`, "gu")) ?? [];
}
