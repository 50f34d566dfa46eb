import type { Finding } from "./doctor/finding.ts";
import { examine } from "./doctor/index.ts";
import { programFlags } from "./lib/program-flags.ts";

// Looks at a machine: what is there, what is missing, what to do about it.

const usage = `Usage: npm run doctor -- [--json]

Looks at the settings and at this machine: programs, cells, database, Redis, GitHub, model, disk and
memory. An error keeps the product from working; a warning does not.

  --json  one JSON object instead of lines
  --help  this text

Exit code 0 when there is no error, 1 when there is one, 2 when the command line is wrong.`;

function lineOf({ name, state, says, mend }: Finding): string {
  const line = `${state.padEnd(7)}  ${name.padEnd(12)}  ${says}`;
  return mend === null ? line : `${line}\n${" ".repeat(23)}→ ${mend}`;
}

async function main(): Promise<void> {
  const values = programFlags({ usage, options: { json: { type: "boolean" } } });
  const findings = await examine();
  const errors = findings.filter(({ state }) => state === "error").length;
  const warnings = findings.filter(({ state }) => state === "warning").length;
  const text = values.json
    ? JSON.stringify({ isWell: errors === 0, findings }, null, 2)
    : [...findings.map(lineOf), "", `${errors} errors, ${warnings} warnings`].join("\n");
  process.stdout.write(`${text}\n`);
  process.exitCode = errors === 0 ? 0 : 1;
}

if (import.meta.main) await main();
