import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemPrompt } from "../../../src/agents/prompts.ts";
import { claudeArgv, promptOf } from "../../../src/harness/claude-code/claude-options.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { lastLine, live } from "../live-runner.ts";

/** A program that says this when it is asked for its version. */
function programSaying(version: string): string {
  const program = join(temporaryFolder(), "claude");
  writeFileSync(program, `#!/bin/sh\necho "${version}"\n`);
  chmodSync(program, 0o755);
  return program;
}

test.each([
  ["is not there", "", "Claude Code is not installed here"],
  ["cannot be run", "/nowhere/claude", "Claude Code (/nowhere/claude) cannot be run"],
  ["is too old", programSaying("2.1.299 (Claude Code)"), "Claude Code 2.1.299 is too old"],
  ["is another program", programSaying("hello"), 'is not Claude Code: it says "hello"'],
])(
  "a life whose Claude Code %s ends at once, with what to install (A2)",
  async (_what, program, line) => {
    const { exitCode, screen, product } = await live({}, { args: ["--claude-code", program] });

    expect(exitCode).toBe(7);
    expect(lastLine(screen)).toContain("exit 7: ");
    expect(lastLine(screen)).toContain(line);
    expect(lastLine(screen)).toContain("CLAUDE_CODE_PATH");
    expect(product.asked).toEqual([]);
  },
);

test("a newer minor version is enough (A2)", async () => {
  const { exitCode, screen } = await live(
    {},
    { args: ["--claude-code", programSaying("2.2.0 (Claude Code)")] },
  );

  // It is no Claude Code after all, and ends as soon as it is to live.
  expect(exitCode, screen).toBe(1);
  expect(screen).toContain("Claude Code 2.2.0");
  expect(lastLine(screen)).toContain("Claude Code ended by itself (exit code 0)");
});

const files = { mcpConfig: "/h/mcp.json", prompt: "/h/prompt.md", settings: "/h/settings.json" };
const session = { id: "00000000-0000-4000-8000-000000000000", isOld: false };

function given(argv: readonly string[], option: string): string | undefined {
  return argv[argv.indexOf(option) + 1];
}

test("nothing in it can ask a person, and nothing of the repository configures it (A7, S5)", () => {
  const argv = claudeArgv("model-1", true, session, files);

  expect(given(argv, "--permission-mode")).toBe("dontAsk");
  expect(given(argv, "--setting-sources")).toBe("");
  expect(argv).toContain("--strict-mcp-config");
  expect(given(argv, "--tools")).toBe("Bash,Read,Edit,Write,Grep,Glob");
  expect(given(argv, "--allowedTools")).toBe("Bash,Read,Edit,Write,Grep,Glob,mcp__factory");
  for (const tool of ["WebFetch", "WebSearch", "AskUserQuestion", "Agent", "Task"])
    expect(given(argv, "--disallowedTools")?.split(",")).toContain(tool);
});

test("who has no work tree gets no tool that works on files (A2, A7)", () => {
  const argv = claudeArgv("model-1", false, session, files);

  expect(given(argv, "--tools")).toBe("");
  expect(given(argv, "--allowedTools")).toBe("mcp__factory");
});

test("a role's prompt says how its tools are called there, and keeps its first line (A2, A9)", () => {
  const prompt = promptOf({ system: systemPrompt("worker") });

  expect(prompt.split("\n")[0]).toBe("# Role: worker");
  expect(prompt).toContain("`mcp__factory__log_decision`");
});
