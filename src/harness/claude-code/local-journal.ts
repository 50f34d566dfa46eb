import { type FactoryApi, judgeApiError, type ToolResult } from "../factory-api.ts";
import { runnersWord } from "../runner-words.ts";
import { throughWeather } from "../weather.ts";
import { PRODUCT_TOOLS } from "./claude-options.ts";

// Claude Code runs its built-in tools itself. The journal makes each call happen once all the same:
// begun before it may run, answered after, asked for by the next life.

export type LocalJournal = {
  /** Why the call must not run now; null when it may. */
  readonly begin: (callId: string, tool: string, input: unknown) => Promise<string | null>;
  /** Of a call that began here; others are the product's to remember. */
  readonly end: (callId: string, result: ToolResult) => Promise<void>;
  /** The result of a call that an earlier life left without one. */
  readonly mend: (callId: string, tool: string, input: unknown) => Promise<ToolResult>;
};

type Around = Parameters<typeof throughWeather>[3] & { readonly api: FactoryApi };

const INTERRUPTED =
  "This call was interrupted when the process ended; it may have run in part, or not at all. Look at the state of things before you repeat it.";

export function createLocalJournal(around: Around): LocalJournal {
  const { api } = around;
  const running = new Map<string, string>();
  const begin = (callId: string, tool: string, input: unknown) =>
    throughWeather(
      `recording ${tool}`,
      () => api.beginCall(callId, journalName(tool), input),
      judgeApiError,
      around,
    );
  const end = (callId: string, tool: string, result: ToolResult) =>
    throughWeather(
      `recording ${tool}`,
      () => api.endCall(callId, journalName(tool), result),
      judgeApiError,
      around,
    );
  return {
    begin: async (callId, tool, input) => {
      const begun = await begin(callId, tool, input);
      if (begun.state === "started") {
        running.set(callId, tool);
        return null;
      }
      return runnersWord(begun.state === "done" ? begun.result.content : INTERRUPTED);
    },
    end: async (callId, result) => {
      const tool = running.get(callId);
      if (tool === undefined) return;
      await end(callId, tool, result);
      running.delete(callId);
    },
    mend: async (callId, tool, input) => {
      const begun = await begin(callId, tool, input);
      if (begun.state === "done") return begun.result;
      const result = { content: INTERRUPTED, isError: true };
      await end(callId, tool, result);
      return result;
    },
  };
}

/** Whether the product runs it; Claude Code puts its server's name before it. */
export function isProductTool(tool: string): boolean {
  return tool.startsWith(`${PRODUCT_TOOLS}__`);
}

/** The product's own name of its tool. */
export function ownName(tool: string): string {
  return isProductTool(tool) ? tool.slice(`${PRODUCT_TOOLS}__`.length) : tool;
}

/** Names in the journal are lower-case. */
function journalName(tool: string): string {
  return tool
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, "_")
    .slice(0, 64);
}
