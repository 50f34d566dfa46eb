import type { ToolResult } from "../factory-api.ts";

// Tools that act on the agent's work tree, in the agent's cell. The cell is what confines them;
// their own checks are there to give the model an answer it can act on.

export type ToolSurroundings = {
  /** Absolute. */
  readonly worktree: string;
  /** Longest and default time of a command. */
  readonly toolTimeoutMs: number;
  /** Largest result. */
  readonly toolOutputBytes: number;
};

/** One field of a tool's input; JSON Schema, as far as the tools need it. */
export type Field = {
  readonly type: "string" | "integer" | "boolean";
  readonly description: string;
};

export type LocalTool = {
  readonly name: string;
  /** Written for the model: when to call it, and its limits. */
  readonly summary: string;
  readonly inputSchema: {
    readonly type: "object";
    readonly properties: Readonly<Record<string, Field>>;
    readonly required: string[];
  };
  /** @throws {ToolFailure} with what the model should read */
  readonly run: (input: unknown, around: ToolSurroundings) => Promise<ToolResult>;
};

/** A call that cannot be done; its message goes back to the model. */
export class ToolFailure extends Error {
  override readonly name = "ToolFailure";
}
