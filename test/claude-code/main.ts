import { join } from "node:path";
import {
  installClaudeCode,
  NotInstallable,
} from "../../src/local/claude-code/install-claude-code.ts";
import { productFolder } from "../../src/local/embedded/product-folder.ts";
import { runForeground } from "../../src/local/embedded/run-foreground.ts";

// The second harness as it really is: Claude Code itself, installed first where it is missing, in
// front of the product's own server and the scripted model. Exit code 3 where it cannot be had.

const notInstallableExitCode = 3;
const limitMs = 5 * 60_000;

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const named = process.env["CLAUDE_CODE_PATH"];
    const program = named || (await installClaudeCode(productFolder(process.env), console.error));
    const config = "vitest.claude-code.config.ts";
    return await runForeground({
      program: "vitest",
      args: ["run", "--config", config, ...process.argv.slice(2)],
      cwd: join(import.meta.dirname, "../.."),
      env: { ...process.env, CLAUDE_CODE_PATH: program },
      limitMs,
    });
  } catch (error) {
    if (!(error instanceof NotInstallable)) throw error;
    console.error(error.message);
    return notInstallableExitCode;
  }
}
