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

const usage = `Usage: npm run test:claude-code -- [options of vitest]

Tries the second harness on Claude Code itself, installed from npm first where it is missing or not
named by CLAUDE_CODE_PATH: killed, configured by a repository, measured.

  --help  this text

Exit code 0 when all went well, 1 when it did not, 3 where Claude Code cannot be had.`;

if (process.argv.includes("--help")) console.log(usage);
else process.exitCode = await main();

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
