import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { programFlags } from "../../src/lib/program-flags.ts";
import { makeDataFolder, removeDataFolder } from "../support/demo-run.ts";
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

const interruptedExitCode = 130;

// Said, not waited for: a story that was given up may still look for what will never come.
process.exit(
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }),
);

async function main(): Promise<number> {
  // The name is the one word that is no flag.
  const words = process.argv.slice(2);
  const [name, ...others] = words.filter((word) => !word.startsWith("-"));
  const values = programFlags(
    {
      usage,
      options: {
        json: { type: "boolean", default: false },
        keep: { type: "boolean", default: false },
      },
    },
    words.filter((word) => word.startsWith("-")),
  );
  const scenario = scenarios.find((one) => one.name === name);
  if (!scenario || others.length > 0) {
    console.error(
      `${name === undefined ? "no name given" : `${[name, ...others].join(" ")}: no scenario`}; there are: ${scenarios.map((one) => one.name).join(", ")}; see --help`,
    );
    return 2;
  }
  const interruption = onInterrupt();
  const report = await tell(scenario, values.keep, interruption);
  if (interruption.hasCome()) {
    console.error("Interrupted: everything that was started is stopped.");
    return interruptedExitCode;
  }
  for (const problem of report.problems) console.error(problem);
  console.log(
    values.json ? JSON.stringify({ ...report, isWhole: isWhole(report) }) : lastLine(report),
  );
  return isWhole(report) ? 0 : 1;
}

async function tell(
  scenario: Scenario,
  keep: boolean,
  { broken, hasCome }: Interruption,
): Promise<Report> {
  const data = makeDataFolder(`scenario-${scenario.name}`);
  const before = snapshotOf(data);
  const say = (line: string): void => {
    if (!hasCome()) console.log(line);
  };
  let report: Report | null = null;
  try {
    const told = await runScenario(scenario, data, { say, broken });
    const left = (await leftSince(before, data)).map(
      ({ kind, what }) => `left over: ${kind} ${what}`,
    );
    report = { ...told, problems: [...told.problems, ...left] };
    return report;
  } finally {
    await clearAway(data);
    const isKept = keep || !(hasCome() || (report !== null && isWhole(report)));
    if (isKept) keepReport(data, report);
    else removeDataFolder(data);
  }
}

/** Beside what it speaks of: logs, databases, repositories. */
function keepReport(data: string, report: Report | null): void {
  console.error(`Kept ${data}`);
  if (report === null) return;
  const file = join(data, "report.md");
  writeFileSync(file, renderReport(report));
  console.error(`Report: ${file}`);
}

type Interruption = { readonly broken: Promise<never>; readonly hasCome: () => boolean };

/** The handlers stay: a second signal must not end the run before everything is stopped. */
function onInterrupt(): Interruption {
  let hasCome = false;
  const broken = new Promise<never>((_, reject) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => {
        hasCome = true;
        reject(new Error("interrupted"));
      });
  });
  broken.catch(() => null);
  return { broken, hasCome: () => hasCome };
}
