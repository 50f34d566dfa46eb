import { readInput } from "./input.ts";
import type { LocalTool } from "./local-tool.ts";
import { type CommandResult, runCommand } from "./run-command.ts";

export const shell: LocalTool = {
  name: "shell",
  summary:
    "Run a shell command in your work tree, for builds, tests and whatever no other tool does. " +
    "There is no network. The command and everything it started end when it returns or at its " +
    "time limit. Long output is cut in the middle. Do not use git to commit, rebase or push: " +
    "there are tools for that.",
  inputSchema: {
    type: "object",
    properties: {
      command: { type: "string", description: "A line for sh." },
      timeoutMs: { type: "integer", description: "Time limit; the largest is the default." },
    },
    required: ["command"],
  },
  run: async (input, { worktree, toolTimeoutMs, toolOutputBytes }) => {
    const read = readInput(input);
    const timeoutMs = Math.min(read.optionalCount("timeoutMs") ?? toolTimeoutMs, toolTimeoutMs);
    const result = await runCommand(["/bin/sh", "-c", read.text("command")], {
      cwd: worktree,
      timeoutMs,
      maxOutputBytes: toolOutputBytes,
    });
    const ending = describeEnd(result, timeoutMs);
    const content = [result.output.trimEnd(), ending].filter((part) => part !== "").join("\n");
    return { content, isError: ending !== "" };
  },
};

function describeEnd({ exitCode, signal, timedOut }: CommandResult, timeoutMs: number): string {
  if (timedOut) return `[killed after ${timeoutMs} ms]`;
  if (exitCode === 0) return "";
  return signal === null ? `[exit code ${exitCode}]` : `[killed by ${signal}]`;
}
