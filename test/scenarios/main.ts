import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { newDataFolder, removeDataFolder } from "../support/demo-run.ts";
import { clearAway, leftSince, snapshotOf } from "../support/leftovers.ts";
import { agents } from "./agents/agents.ts";
import type { Scenario } from "./frame/define-scenario.ts";
import { isWhole, lastLine, type Report, renderReport } from "./frame/report.ts";
import { runScenario } from "./frame/run-scenario.ts";
import { orchestrator } from "./orchestrator/orchestrator.ts";
import { profiles } from "./profiles/profiles.ts";

/** Every scenario. A new one is a folder and a line here. */
const scenarios: readonly Scenario[] = [agents, orchestrator, profiles];

const usage = `Usage: npm run scenario -- NAME [options]

Tells a story to the real product beside local stand-ins: PostgreSQL, Redis, git, tmux, cells, HTTP and
webhooks are real, GitHub and the model are not. Exit code 0 when all was as it should be.

${scenarios.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`).join("\n")}

  --json     one JSON object on the last line instead of the figure
  --keep     keeps the data folder, which is otherwise kept only when something is wrong
  --help     this text`;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [name, ...others] = positionals;
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const scenario = scenarios.find((one) => one.name === name);
  if (!scenario || others.length > 0) {
    console.error(
      `${name === undefined ? "Which scenario?" : `${positionals.join(" ")}: no scenario`}\n\n${usage}`,
    );
    return 2;
  }
  const report = await tell(scenario, values.keep);
  const folder = mkdtempSync(join(tmpdir(), "ff-scenario-report-"));
  writeFileSync(join(folder, `${scenario.name}.md`), renderReport(report));
  for (const problem of report.problems) console.error(problem);
  console.log(`Report: ${join(folder, `${scenario.name}.md`)}`);
  console.log(
    values.json ? JSON.stringify({ ...report, isWhole: isWhole(report) }) : lastLine(report),
  );
  return isWhole(report) ? 0 : 1;
}

async function tell(scenario: Scenario, keep: boolean): Promise<Report> {
  const data = newDataFolder(`scenario-${scenario.name}`);
  const before = snapshotOf(data);
  let isGood = false;
  try {
    const report = await runScenario(scenario, data, (line) => console.log(line));
    const left = (await leftSince(before, data)).map(
      ({ kind, what }) => `left over: ${kind} ${what}`,
    );
    const whole = { ...report, problems: [...report.problems, ...left] };
    isGood = isWhole(whole);
    return whole;
  } finally {
    await clearAway(data);
    if (isGood && !keep) removeDataFolder(data);
    else console.error(`kept ${data}`);
  }
}
