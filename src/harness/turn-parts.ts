import type { MessageParam, ToolUseBlockParam } from "@anthropic-ai/sdk/resources/messages";

/** The tool calls of a turn, in order. */
export function callsOf({ content }: MessageParam): readonly ToolUseBlockParam[] {
  if (typeof content === "string") return [];
  return content.flatMap((block) => (block.type === "tool_use" ? [block] : []));
}

/** What a turn says, block by block; what tools answered is not among it. */
export function textsOf({ content }: MessageParam): readonly string[] {
  if (typeof content === "string") return [content];
  return content.flatMap((block) => (block.type === "text" ? [block.text] : []));
}

export function hasResults({ content }: MessageParam): boolean {
  return typeof content !== "string" && content.some((block) => block.type === "tool_result");
}
