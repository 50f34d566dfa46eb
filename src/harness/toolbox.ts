import type { Tool, ToolUseBlockParam } from "@anthropic-ai/sdk/resources/messages";
import { type FactoryApi, judgeApiError, type ToolResult } from "./factory-api.ts";
import { type LocalTool, ToolFailure, type ToolSurroundings } from "./local-tools/local-tool.ts";
import { LOCAL_TOOLS } from "./local-tools.ts";
import { judgeMcpError, type McpTools } from "./mcp-tools.ts";
import { unusableInput } from "./notice-loop.ts";
import type { Pane } from "./pane.ts";
import { type Patience, throughWeather } from "./weather.ts";

export type Toolbox = {
  readonly tools: readonly Tool[];
  /** Every outcome is a result, but the end of the life. */
  readonly run: (call: ToolUseBlockParam) => Promise<ToolResult>;
};

export type ToolboxOptions = {
  readonly mcp: McpTools;
  readonly api: FactoryApi;
  /** null: no local tools. */
  readonly local: ToolSurroundings | null;
  readonly pane: Pane;
  readonly patience: Patience;
};

const INTERRUPTED =
  "This call was interrupted when the process ended; it may have run in part. Look at the state of things before you repeat it.";

/** The product's tools and the local ones as one list. */
export function createToolbox(options: ToolboxOptions): Toolbox {
  const { mcp, local } = options;
  const fromProduct = new Set(mcp.tools.map((tool) => tool.name));
  const here = local === null ? [] : LOCAL_TOOLS.filter((tool) => !fromProduct.has(tool.name));
  const tools: readonly Tool[] = [...mcp.tools, ...here.map(describe)];
  return {
    tools,
    run: (call) => {
      const wrong = unusableInput(call.input);
      if (wrong !== null)
        return Promise.resolve({ content: `Not run: its input ${wrong}`, isError: true });
      if (fromProduct.has(call.name)) return callProduct(options, call);
      const tool = here.find((candidate) => candidate.name === call.name);
      if (tool !== undefined && local !== null) return callLocal(options, call, tool, local);
      const names = tools.map((known) => known.name).join(", ");
      const content = `There is no tool ${call.name}. There are: ${names}`;
      return Promise.resolve({ content, isError: true });
    },
  };
}

function describe(tool: LocalTool): Tool {
  return { name: tool.name, description: tool.summary, input_schema: tool.inputSchema };
}

function callProduct(options: ToolboxOptions, call: ToolUseBlockParam): Promise<ToolResult> {
  const work = (): Promise<ToolResult> => options.mcp.call(call.id, call.name, call.input);
  return throughWeather(`calling ${call.name}`, work, judgeMcpError, options);
}

async function callLocal(
  options: ToolboxOptions,
  call: ToolUseBlockParam,
  tool: LocalTool,
  local: ToolSurroundings,
): Promise<ToolResult> {
  const { api } = options;
  const begin = () => api.beginCall(call.id, call.name, call.input);
  const begun = await throughWeather(`recording ${call.name}`, begin, judgeApiError, options);
  if (begun.state === "done") return begun.result;
  const result =
    begun.state === "interrupted"
      ? { content: INTERRUPTED, isError: true }
      : await runLocal(tool, call.input, local);
  const end = () => api.endCall(call.id, call.name, result);
  await throughWeather(`recording ${call.name}`, end, judgeApiError, options);
  return result;
}

async function runLocal(
  tool: LocalTool,
  input: unknown,
  local: ToolSurroundings,
): Promise<ToolResult> {
  try {
    return await tool.run(input, local);
  } catch (error) {
    if (error instanceof ToolFailure) return { content: error.message, isError: true };
    // What the file system says ("EISDIR: …") is for the model too: it chose the path.
    if (error instanceof Error && "syscall" in error) {
      return { content: error.message, isError: true };
    }
    throw error;
  }
}
