import path from "node:path";
import { readInput } from "./input.ts";
import { type LocalTool, ToolFailure } from "./local-tool.ts";
import { runCommand } from "./run-command.ts";
import { workPath } from "./work-path.ts";

const MOST_PER_FILE = 100;

export const search: LocalTool = {
  name: "search",
  summary:
    "Find lines by an extended regular expression (grep -E) in the text files of your work " +
    "tree, with path and line number. `.git` and `node_modules` are left out.",
  inputSchema: {
    type: "object",
    properties: {
      pattern: { type: "string", description: "An extended regular expression." },
      path: { type: "string", description: "A folder or file to search in. Default: all." },
      glob: { type: "string", description: "Only files with such a name, e.g. *.ts" },
    },
    required: ["pattern"],
  },
  run: async (input, { worktree, toolTimeoutMs, toolOutputBytes }) => {
    const read = readInput(input);
    const root = await workPath(worktree, ".");
    const where = await workPath(worktree, read.optionalText("path") ?? ".");
    const glob = read.optionalText("glob");
    const argv = [
      ...["grep", "-rnIE", `--max-count=${MOST_PER_FILE}`],
      // First, because grep takes files that no pattern names only when the first one excludes.
      ...(glob === null ? [] : [`--include=${glob}`]),
      ...["--exclude-dir=.git", "--exclude-dir=node_modules", "--exclude=.git"],
      ...["-e", read.text("pattern"), "--", path.relative(root, where) || "."],
    ];
    const limits = { cwd: root, timeoutMs: toolTimeoutMs, maxOutputBytes: toolOutputBytes };
    const { exitCode, timedOut, output } = await runCommand(argv, limits);
    if (timedOut) throw new ToolFailure(`the search took longer than ${toolTimeoutMs} ms`);
    if (exitCode === 1) return { content: "nothing found", isError: false };
    return { content: output.trimEnd(), isError: exitCode !== 0 };
  },
};
