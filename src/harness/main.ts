import { existsSync } from "node:fs";
import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createPane } from "./pane.ts";
import { runLife } from "./runner.ts";
import { EXIT, RunnerEnd } from "./runner-end.ts";
import { loadParts } from "./runner-parts.ts";
import { DEFAULT_PATIENCE } from "./weather.ts";

// The program in an agent's pane. Its last line says why it ended; its exit code says it to the
// product.

/** Made once by whoever bundles the harness, and read by every life; sources have none. */
const compiled = join(import.meta.dirname, "compiled");

const pane = createPane((text) => process.stdout.write(text));

process.exitCode = process.argv.includes("--compile")
  ? await compile()
  : await main(process.argv.slice(2));
// Connections that are kept alive would keep the process, too.
process.exit();

/** Leaves beside this file what Node.js makes of the rest, so that no life has to. */
async function compile(): Promise<number> {
  enableCompileCache({ directory: compiled, portable: true });
  await loadParts();
  flushCompileCache();
  return EXIT.asked;
}

async function main(args: readonly string[]): Promise<number> {
  try {
    if (existsSync(compiled)) enableCompileCache({ directory: compiled, portable: true });
    const { program, ...options } = readOptions(args);
    if (program === null) return await runLife({ ...options, pane });
    const { liveClaudeCode } = await import("./claude-code/live-claude-code.ts");
    return await liveClaudeCode({ ...options, pane, program, environment: process.env });
  } catch (error) {
    if (error instanceof RunnerEnd) {
      if (error.exitCode === EXIT.asked) pane.note(error.message);
      else pane.warning(`exit ${error.exitCode}: ${error.message}`);
      return error.exitCode;
    }
    pane.warning(`bug: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
    return EXIT.bug;
  }
}

function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      // Elsewhere only where no cell can be made.
      "broker-dir": {
        type: "string",
        default: process.env["FACTORY_BROKER_DIR"] ?? "/run/factory",
      },
      attempts: { type: "string", default: String(DEFAULT_PATIENCE.attempts) },
      // Empty: Claude Code shall live here, and the host did not find it.
      "claude-code": { type: "string" },
    },
  });
  const attempts = Number(values.attempts);
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new RunnerEnd(EXIT.refused, `--attempts must be a number from 1, not ${values.attempts}`);
  }
  return {
    // Set by the cell; an agent without a work tree has no local tools.
    worktree: process.env["FACTORY_WORKTREE"] ?? null,
    brokerDir: values["broker-dir"],
    program: values["claude-code"] ?? null,
    patience: { ...DEFAULT_PATIENCE, attempts },
  };
}
