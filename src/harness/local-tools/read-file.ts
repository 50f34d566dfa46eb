import { readInput } from "./input.ts";
import { type LocalTool, ToolFailure } from "./local-tool.ts";
import { readTextFile } from "./text-file.ts";
import { workPath } from "./work-path.ts";

const DEFAULT_LINES = 2_000;

export const readFile: LocalTool = {
  name: "read_file",
  summary:
    `Read a text file of your work tree, with line numbers; ${DEFAULT_LINES} lines at once ` +
    "unless you say otherwise.",
  inputSchema: {
    type: "object",
    properties: {
      path: { type: "string", description: "In the work tree, relative or absolute." },
      offset: { type: "integer", description: "The first line, from 1." },
      limit: { type: "integer", description: "How many lines." },
    },
    required: ["path"],
  },
  run: async (input, { worktree, toolOutputBytes }) => {
    const read = readInput(input);
    const name = read.text("path");
    const text = await readTextFile(await workPath(worktree, name), name);
    const lines = text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    const first = read.optionalCount("offset") ?? 1;
    if (lines.length === 0) return { content: `${name} is empty`, isError: false };
    if (first > lines.length) throw new ToolFailure(`${name} has ${lines.length} lines`);
    const wanted = lines.slice(
      first - 1,
      first - 1 + (read.optionalCount("limit") ?? DEFAULT_LINES),
    );
    return { content: numbered(wanted, first, lines.length, toolOutputBytes), isError: false };
  },
};

function numbered(
  wanted: readonly string[],
  first: number,
  total: number,
  maxBytes: number,
): string {
  const shown: string[] = [];
  let bytes = 0;
  for (const [index, line] of wanted.entries()) {
    const row = `${String(first + index).padStart(5)}\t${line}`;
    bytes += Buffer.byteLength(row) + 1;
    if (bytes > maxBytes && shown.length > 0) break;
    shown.push(row.slice(0, maxBytes));
  }
  const last = first + shown.length - 1;
  if (last < total) shown.push(`… ${total - last} more lines; go on with offset ${last + 1}`);
  return shown.join("\n");
}
