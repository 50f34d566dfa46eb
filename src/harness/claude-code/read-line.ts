import type { ContentBlockParam, ToolResultBlockParam } from "@anthropic-ai/sdk/resources/messages";
import type { ClaudeLine } from "./start-claude.ts";

// What Claude Code says on its standard output, as far as the wrapper goes by it. It is the program
// of somebody else and changes with its versions: what is not understood is passed over.

export type ClaudeEvent =
  /** It runs; what it reached, and what it offers the model. */
  | { readonly kind: "began"; readonly tools: readonly string[]; readonly factory: string }
  /** A new answer begins; one that began before and did not end is void. */
  | { readonly kind: "answerBegins" }
  | { readonly kind: "text"; readonly text: string }
  /** Whole blocks of the answer under way. */
  | { readonly kind: "blocks"; readonly blocks: readonly ContentBlockParam[] }
  /** The model has said why it stops; an end without that is a cut. */
  | { readonly kind: "stopSaid" }
  | { readonly kind: "answerEnds" }
  | { readonly kind: "results"; readonly results: readonly ToolResultBlockParam[] }
  | { readonly kind: "asked"; readonly requestId: string; readonly request: HookRequest | null }
  | { readonly kind: "retry"; readonly detail: string }
  | { readonly kind: "turnEnds"; readonly failure: string | null };

/** It asks whether a call may run. */
export type HookRequest = {
  readonly callId: string;
  readonly tool: string;
  readonly input: unknown;
};

/** The model's name in what Claude Code itself says in the place of the model. */
const NO_MODEL = "<synthetic>";

/** @returns null for what means nothing here */
export function readEvent(line: ClaudeLine): ClaudeEvent | null {
  // Of agents inside it; there are none, and their words are no part of the conversation.
  if (typeof line["parent_tool_use_id"] === "string") return null;
  switch (line.type) {
    case "system":
      return readSystem(line);
    case "stream_event":
      return readStream(field(line, "event"));
    case "assistant":
      return readAnswer(field(line, "message"));
    case "user":
      return readResults(field(line, "message"));
    case "control_request":
      return readRequest(line);
    case "result":
      return { kind: "turnEnds", failure: failureOf(line) };
    default:
      return null;
  }
}

function readSystem(line: ClaudeLine): ClaudeEvent | null {
  if (line["subtype"] === "api_retry")
    return { kind: "retry", detail: JSON.stringify(line["error"] ?? line["error_status"] ?? "") };
  if (line["subtype"] !== "init") return null;
  const factory = listOf(line["mcp_servers"]).find((one) => field(one, "name") === "factory");
  const tools = listOf(line["tools"]).filter((tool) => typeof tool === "string");
  return { kind: "began", tools, factory: String(field(factory, "status") ?? "missing") };
}

function readStream(event: unknown): ClaudeEvent | null {
  switch (field(event, "type")) {
    case "message_start":
      return { kind: "answerBegins" };
    case "message_delta":
      return typeof field(field(event, "delta"), "stop_reason") === "string"
        ? { kind: "stopSaid" }
        : null;
    case "message_stop":
      return { kind: "answerEnds" };
    case "content_block_delta": {
      const text = field(field(event, "delta"), "text");
      return typeof text === "string" ? { kind: "text", text } : null;
    }
    default:
      return null;
  }
}

function readAnswer(message: unknown): ClaudeEvent | null {
  if (field(message, "model") === NO_MODEL) return null;
  // The cast: blocks of the provider's own making, as they go back to it.
  return { kind: "blocks", blocks: listOf(field(message, "content")) as ContentBlockParam[] };
}

function readResults(message: unknown): ClaudeEvent | null {
  const results = listOf(field(message, "content")).filter(isResult);
  return results.length === 0 ? null : { kind: "results", results };
}

function readRequest(line: ClaudeLine): ClaudeEvent {
  const requestId = String(line["request_id"]);
  const request = field(line, "request");
  const input = field(request, "input");
  if (field(request, "subtype") !== "hook_callback")
    return { kind: "asked", requestId, request: null };
  return {
    kind: "asked",
    requestId,
    request: {
      callId: String(field(input, "tool_use_id")),
      tool: String(field(input, "tool_name")),
      input: field(input, "tool_input"),
    },
  };
}

function failureOf(line: ClaudeLine): string | null {
  if (line["is_error"] !== true && line["subtype"] === "success") return null;
  return String(line["result"] ?? line["subtype"] ?? "no reason given");
}

function isResult(block: unknown): block is ToolResultBlockParam {
  return field(block, "type") === "tool_result" && typeof field(block, "tool_use_id") === "string";
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return new Map(Object.entries(value)).get(name);
}
