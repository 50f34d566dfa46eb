import { parseArgs } from "node:util";
import type { Finding } from "./doctor/finding.ts";
import { examine } from "./doctor/index.ts";

// Looks at a machine: what is there, what is missing, what to do about it.

const usage = `Usage: npm run doctor -- [--json]

Looks at this machine: programs, cells, database, Redis, GitHub, model, disk and memory. Exits with 1
where something keeps the product from working.`;

function lineOf({ name, state, says, mend }: Finding): string {
  const line = `${state.padEnd(7)}  ${name.padEnd(12)}  ${says}`;
  return mend === null ? line : `${line}\n${" ".repeat(23)}→ ${mend}`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
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
