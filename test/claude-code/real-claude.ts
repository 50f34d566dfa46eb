import { claudeCodeArgv } from "../../src/harness/runner-argv.ts";
import type { ScriptedModel } from "../../src/local/model/scripted-model.ts";

/** The program the suite was started with. */
function claudeProgram(): string {
  const program = process.env["CLAUDE_CODE_PATH"];
  if (program === undefined || program === "")
    throw new Error("CLAUDE_CODE_PATH is not set: start these tests by npm run test:claude-code");
  return program;
}

/** What makes the harness live in Claude Code. */
export function inClaudeCode(): readonly string[] {
  return claudeCodeArgv(claudeProgram()).slice(-2);
}

/** How every question to the model ended. */
export function outcomes(model: ScriptedModel): readonly string[] {
  return model.calls().map(({ outcome }) => outcome);
}
