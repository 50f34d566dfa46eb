import type { MessageParam, ToolUseBlockParam } from "@anthropic-ai/sdk/resources/messages";

/** What comes next in a conversation; a function of what is stored, so that any life can go on. */
export type Step =
  | { readonly kind: "ask" }
  | { readonly kind: "runTools"; readonly calls: readonly ToolUseBlockParam[] }
  | { readonly kind: "wait" };

export function nextStep(conversation: readonly MessageParam[]): Step {
  const last = conversation.at(-1);
  if (last === undefined) return { kind: "wait" };
  if (last.role !== "assistant") return { kind: "ask" };
  const calls = toolCallsOf(last);
  return calls.length === 0 ? { kind: "wait" } : { kind: "runTools", calls };
}

function toolCallsOf(turn: MessageParam): readonly ToolUseBlockParam[] {
  if (typeof turn.content === "string") return [];
  return turn.content.flatMap((block) => (block.type === "tool_use" ? [block] : []));
}
