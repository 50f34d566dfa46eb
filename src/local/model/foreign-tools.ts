// A script names the tools of the built-in runner. Where another harness asks, they are played on
// its tools: this is the one place that knows both.
import type { Json } from "./json-lookup.ts";

type Input = Readonly<Record<string, Json>>;

type ForeignTool = {
  /** Its name in Claude Code. */
  readonly name: string;
  readonly input: (input: Input) => Json;
};

const claudeCode: Readonly<Record<string, ForeignTool>> = {
  shell: { name: "Bash", input: ({ command = "" }) => ({ command }) },
  read_file: { name: "Read", input: ({ path = "" }) => ({ file_path: path }) },
  write_file: {
    name: "Write",
    input: ({ path = "", content = "" }) => ({ file_path: path, content }),
  },
  edit_file: {
    name: "Edit",
    input: ({ path = "", old = "", new: wanted = "" }) => ({
      ...{ file_path: path, old_string: old, new_string: wanted },
    }),
  },
  search: {
    name: "Grep",
    input: ({ pattern = "", path, glob }) => ({
      ...{ pattern, output_mode: "content" },
      ...(path === undefined ? {} : { path }),
      ...(glob === undefined ? {} : { glob }),
    }),
  },
};

/**
 * Whether a script's name for a tool means this tool: the same name, or the same after the prefix
 * that Claude Code puts before the tools of an MCP server (`mcp__factory__report`), or the tool of
 * Claude Code that does the same (`Bash` for `shell`).
 */
export function isTool(offered: string, scripted: string): boolean {
  return (
    offered === scripted ||
    (offered.startsWith("mcp__") && offered.endsWith(`__${scripted}`)) ||
    foreignTool(scripted)?.name === offered
  );
}

/** A script's input in the words of the tool that is offered. */
export function inputFor(offered: string, scripted: string, input: Json): Json {
  const foreign = foreignTool(scripted);
  const isForeign = foreign?.name === offered;
  return isForeign && isMapping(input) ? foreign.input(input) : input;
}

function foreignTool(scripted: string): ForeignTool | undefined {
  return Object.hasOwn(claudeCode, scripted) ? claudeCode[scripted] : undefined;
}

function isMapping(value: Json): value is Input {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
