import type {
  ContentBlock,
  ContentBlockParam,
  Message,
  MessageParam,
  ToolUseBlock,
} from "@anthropic-ai/sdk/resources/messages";
import { CUT_OFF, NO_ANSWER, UNUSABLE } from "./runner-words.ts";

/** An answer as it came: what its tools' inputs were on the wire, by the block's index. */
export type Answer = { readonly message: Message; readonly inputs: ReadonlyMap<number, string> };

export type AnswerRules = {
  /** Ids of calls made before: one that comes again would be given the old call's result. */
  readonly usedIds: ReadonlySet<string>;
  /** What a turn may have in bytes, as JSON. */
  readonly turnBytes: number;
  readonly newId: () => string;
};

const CUT_REASONS: ReadonlySet<unknown> = new Set(["max_tokens", "model_context_window_exceeded"]);
const QUOTED = 200;
/** One character may become as many bytes in JSON. */
const BYTES_PER_CHARACTER = 6;

/**
 * The turn an answer becomes: one that the provider takes back in the next question, whatever the
 * model did. Inputs that are no JSON objects become one that says so; an answer cut off has no
 * whole calls.
 */
export function readAnswer({ message, inputs }: Answer, rules: AnswerRules): MessageParam {
  const used = new Set(rules.usedIds);
  const isCut = CUT_REASONS.has(message.stop_reason);
  const mayCall = !isCut && message.stop_reason !== "refusal";
  const content = message.content.flatMap((block, index): ContentBlockParam[] => {
    if (block.type === "text") return block.text.trim() === "" ? [] : [block];
    if (block.type !== "tool_use") return [paramOf(block)];
    return mayCall ? [readCall(block, inputs.get(index), { ...rules, used })] : [];
  });
  if (isCut) content.push({ type: "text", text: CUT_OFF });
  const saysSomething = content.some(({ type }) => type === "text" || type === "tool_use");
  if (!saysSomething || message.stop_reason === "refusal")
    content.push({ type: "text", text: NO_ANSWER });
  return { role: "assistant", content: fitted(content, rules.turnBytes) };
}

/** Blocks go back to the provider as they came. */
function paramOf(block: Exclude<ContentBlock, ToolUseBlock>): ContentBlockParam {
  // The cast: what the provider sends is what it takes; its types for both differ in small things.
  return block as ContentBlockParam;
}

function readCall(
  block: ToolUseBlock,
  wire: string | undefined,
  { used, newId }: { readonly used: Set<string>; readonly newId: () => string },
): ContentBlockParam {
  const isFresh = /^[\w-]{1,200}$/.test(block.id) && !used.has(block.id);
  const id = isFresh ? block.id : newId();
  used.add(id);
  const name = block.name.replace(/[^\w-]/g, "_").slice(0, 128) || "unnamed";
  return { type: "tool_use", id, name, input: readInput(wire) };
}

function readInput(wire: string | undefined): object {
  // No events about an input: it has none.
  if (wire === undefined || wire.trim() === "") return {};
  const value = parse(wire);
  if (value === undefined) return unusable(`is not valid JSON: ${wire.slice(0, QUOTED)}`);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  return unusable(`must be a JSON object, not ${wire.slice(0, QUOTED)}`);
}

function unusable(why: string): object {
  return { [UNUSABLE]: why };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Shortens what is longer than a turn may be: texts keep their beginning, inputs are not run. */
function fitted(content: readonly ContentBlockParam[], turnBytes: number): ContentBlockParam[] {
  if (sizeOf(content) <= turnBytes) return [...content];
  const kept = content.filter(({ type }) => type === "text" || type === "tool_use");
  const share = Math.floor(turnBytes / 2 / kept.length);
  return kept.map((block) => {
    if (block.type === "text") return { ...block, text: shortened(block.text, share) };
    if (block.type !== "tool_use" || sizeOf(block) <= share) return block;
    return { ...block, input: unusable(`has ${sizeOf(block)} bytes, which is too much`) };
  });
}

function shortened(text: string, bytes: number): string {
  if (Buffer.byteLength(JSON.stringify(text)) <= bytes) return text;
  const kept = text.slice(0, Math.floor(bytes / BYTES_PER_CHARACTER));
  return `${kept}\n… (${text.length - kept.length} characters left out)`;
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
