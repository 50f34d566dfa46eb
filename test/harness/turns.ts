import type { MessageParam, ToolUseBlockParam } from "@anthropic-ai/sdk/resources/messages";

// Turns of a conversation, for tests of what is decided about one.

let calls = 0;

export function callOf(name: string, input: unknown = {}): ToolUseBlockParam {
  calls += 1;
  return { type: "tool_use", id: `t${calls}`, name, input };
}

export function asks(...content: readonly ToolUseBlockParam[]): MessageParam {
  return { role: "assistant", content: [...content] };
}

export function answers(text: string): MessageParam {
  return { role: "assistant", content: [{ type: "text", text }] };
}

/** Results of the calls of the turn before, and what the runner says after them. */
export function results(turn: MessageParam, ...said: readonly string[]): MessageParam {
  const blocks = typeof turn.content === "string" ? [] : turn.content;
  return {
    role: "user",
    content: [
      ...blocks.flatMap((block) =>
        block.type === "tool_use"
          ? [{ type: "tool_result" as const, tool_use_id: block.id, content: "ok" }]
          : [],
      ),
      ...said.map((text) => ({ type: "text" as const, text })),
    ],
  };
}

export function mail(text: string): MessageParam {
  return { role: "user", content: text };
}

/** Every answer followed by its results, but for the last. */
export function answered(turns: readonly MessageParam[]): readonly MessageParam[] {
  return turns
    .flatMap((turn) => (turn.role === "assistant" ? [turn, results(turn)] : [turn]))
    .slice(0, -1);
}
