import type { ToolResultBlockParam, ToolUseBlockParam } from "@anthropic-ai/sdk/resources/messages";
import type { Door } from "../door.ts";
import type { ToolResult } from "../factory-api.ts";
import type { Pane } from "../pane.ts";
import { type Patience, throughWeather } from "../weather.ts";
import { type LocalJournal, ownName } from "./local-journal.ts";

type Around = {
  readonly door: Door;
  readonly journal: LocalJournal;
  readonly pane: Pane;
  readonly patience: Patience;
};

/**
 * Answers the calls that the last life left open, before Claude Code sees the conversation: it would
 * leave the answer out that asked for them, and have the model ask again under other ids. Calls of
 * the product's tools are made under their own ids, which runs what did not run and repeats nothing.
 */
export async function mendCalls(
  calls: readonly ToolUseBlockParam[],
  around: Around,
): Promise<ToolResultBlockParam[]> {
  const { pane, journal } = around;
  // Needed after a crash only, and slow to load.
  const { connectMcpTools, judgeMcpError } = await import("../mcp-tools.ts");
  const connect = () => connectMcpTools(around.door);
  const mcp = await throughWeather("listing tools", connect, judgeMcpError, around);
  const results: ToolResultBlockParam[] = [];
  for (const { id, name, input } of calls) {
    pane.tool(name, input);
    const own = ownName(name);
    const ask = (): Promise<ToolResult> => mcp.call(id, own, input);
    const result = mcp.tools.some((tool) => tool.name === own)
      ? await throughWeather(`calling ${own}`, ask, judgeMcpError, around)
      : await journal.mend(id, name, input);
    pane.result(result.content, result.isError);
    results.push({
      ...{ type: "tool_result", tool_use_id: id, content: result.content || "(no output)" },
      ...(result.isError ? { is_error: true } : {}),
    });
  }
  return results;
}
