import { parseArgs } from "node:util";
import { createPane } from "./pane.ts";
import { runLife } from "./runner.ts";
import { EXIT, RunnerEnd } from "./runner-end.ts";
import { DEFAULT_PATIENCE } from "./weather.ts";

// The program in an agent's pane. Its last line says why it ended; its exit code says it to the
// product.

const pane = createPane((text) => process.stdout.write(text));

process.exitCode = await main(process.argv.slice(2));
// Connections that are kept alive would keep the process, too.
process.exit();

async function main(args: readonly string[]): Promise<number> {
  try {
    return await runLife({ ...readOptions(args), pane });
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
      "broker-dir": { type: "string", default: "/run/factory" },
      attempts: { type: "string", default: String(DEFAULT_PATIENCE.attempts) },
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
    patience: { ...DEFAULT_PATIENCE, attempts },
  };
}
