import { createHash } from "node:crypto";
import type { LifeIdentity } from "../domain/agent.ts";
import { toolBroke } from "../domain/decide-tool-broke.ts";
import type { Epics } from "../ports/epics.ts";
import type { Log } from "./log.ts";
import { logError } from "./route.ts";

const causeLength = 16;

/** What a thrown tool leads to: a line in the log, and people who are told of a mistake of ours. */
export function createOnToolError(epics: Pick<Epics, "change">, log: Log) {
  return async (
    error: unknown,
    { life, tool }: { readonly life: LifeIdentity; readonly tool: string },
  ): Promise<{ readonly id: string; readonly retryable: boolean }> => {
    const known = logError(log, error, { path: "/mcp" });
    if (known.retryable) return known;
    const broken = { agent: life.agent, tool, cause: causeOf(error), id: known.id };
    try {
      await epics.change(life.epicId, { what: `tool ${tool} broke`, actor: null }, (view) => ({
        decision: toolBroke(view, broken),
        result: null,
      }));
    } catch (second) {
      // The agent still gets its answer; that nobody could be told is a line of its own.
      logError(log, second, { path: "/mcp" });
    }
    return known;
  };
}

/** The same for the same mistake at the same place, and without any of its words. */
function causeOf(error: unknown): string {
  const words =
    error instanceof Error
      ? `${error.name} ${error.stack?.split("\n").find((line) => /^\s+at /.test(line)) ?? error.message}`
      : String(error);
  return createHash("sha256").update(words).digest("hex").slice(0, causeLength);
}
