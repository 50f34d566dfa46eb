import type { ToolResultBlockParam } from "@anthropic-ai/sdk/resources/messages";

/** One character may become as many bytes in JSON. */
const BYTES_PER_CHARACTER = 6;

/**
 * The results of one turn as they are stored: pictures and texts that are too much for a turn are
 * named instead of kept.
 *
 * @param turnBytes the largest turn, as JSON
 */
export function fitResults(
  results: readonly ToolResultBlockParam[],
  turnBytes: number,
): readonly ToolResultBlockParam[] {
  if (sizeOf(results) <= turnBytes) return results;
  const share = Math.floor(turnBytes / 2 / results.length);
  return results.map((result) =>
    sizeOf(result) <= share ? result : { ...result, content: shortened(result, share) },
  );
}

function shortened({ content = "" }: ToolResultBlockParam, bytes: number): string {
  const parts = typeof content === "string" ? [content] : content.map(textOf);
  const text = parts.join("\n");
  const kept = text.slice(0, Math.floor(bytes / BYTES_PER_CHARACTER));
  return kept.length === text.length ? text : `${kept}\n… (${text.length} characters in all)`;
}

function textOf(block: Exclude<ToolResultBlockParam["content"], string | undefined>[number]) {
  return block.type === "text" ? block.text : `[${block.type} of ${sizeOf(block)} bytes, not kept]`;
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
