import { startPostgres } from "../../src/local/embedded/postgres.ts";
import { newDataFolder, removeDataFolder } from "../support/demo-run.ts";
import { foldersOf } from "../support/run-folder.ts";
import { type CaseSpec, points } from "./case-spec.ts";
import { gitHubCases } from "./github-cases.ts";
import { hostCases } from "./host-cases.ts";
import { killAtMoment } from "./kill-at-moment.ts";
import { killInCase } from "./kill-in-case.ts";
import { landingCase } from "./landing-case.ts";
import { moments } from "./moments.ts";
import type { CrashCase } from "./staged.ts";

export type CrashOptions = {
  readonly only?: string | undefined;
  readonly moment?: string | undefined;
  readonly effects?: boolean | undefined;
  readonly moments?: boolean | undefined;
  readonly keep?: boolean | undefined;
};

/** On two cores: a story waits for its children, and a resumed demo for leases, most of the time. */
const atOnce = { effects: 4, moments: 2 };

type Death = { readonly one: CrashCase; readonly death: NonNullable<CaseSpec["death"]> };

/** Runs what the options name. @returns the exit code */
export async function runCrashSuite(options: CrashOptions): Promise<number> {
  const startedAt = performance.now();
  const isAll = !options.effects && !options.moments && !options.only && !options.moment;
  const effects = isAll || options.effects || options.only ? await runEffects(options.only) : null;
  const demo = isAll || options.moments || options.moment ? await runMoments(options) : null;
  const figures = [
    ...(effects ? [`${effects.passed} of ${effects.all} crash points`] : []),
    ...(demo ? [`${demo.passed} of ${demo.all} moments of the demo`] : []),
  ];
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  console.log(`Survived ${figures.join(" and ")} in ${seconds} s.`);
  const isWhole = [effects, demo].every((one) => one === null || one.passed === one.all);
  return isWhole ? 0 : 1;
}

type Count = { readonly passed: number; readonly all: number };

async function runEffects(only: string | undefined): Promise<Count> {
  const cases = [...gitHubCases, ...hostCases, landingCase];
  const chosen = cases.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0)
    throw new Error(`--only ${only}: one of ${cases.map(({ name }) => name).join(", ")}`);
  const folder = newDataFolder("crash");
  const postgres = await startPostgres({ ...foldersOf(folder, "postgres"), durable: false });
  try {
    const deaths = chosen.flatMap(deathsOf);
    const server = { url: postgres.url, folder };
    return await countPassed(deaths, atOnce.effects, (death) => runDeath(death, server));
  } finally {
    await postgres.stop();
    removeDataFolder(folder);
  }
}

function deathsOf(one: CrashCase): readonly Death[] {
  return Array.from({ length: one.calls }, (_, call) => call).flatMap((call) =>
    points.map((point) => ({ one, death: { call, point } })),
  );
}

async function runDeath(
  { one, death }: Death,
  server: { readonly url: string; readonly folder: string },
): Promise<boolean> {
  const problems = await killInCase(one, death, server);
  const where = one.calls === 1 ? death.point : `${death.point}, call ${death.call + 1}`;
  tell(`${one.name} (${where})`, problems);
  return problems.length === 0;
}

async function runMoments({ moment, keep }: CrashOptions): Promise<Count> {
  const numbered = moments.map((one, index) => ({ ...one, number: index + 1 }));
  const chosen = numbered.filter(({ number }) => moment === undefined || String(number) === moment);
  if (chosen.length === 0) throw new Error(`--moment ${moment}: 1 to ${moments.length}`);
  return await countPassed(chosen, atOnce.moments, async (one) => {
    const { problems, resumedMs } = await killAtMoment(one, keep ?? false);
    const seconds = (resumedMs / 1_000).toFixed(0);
    tell(`moment ${one.number}: ${one.name}, resumed in ${seconds} s`, problems);
    return problems.length === 0;
  });
}

/** Runs all, some at once, in order of their list. */
async function countPassed<Item>(
  items: readonly Item[],
  most: number,
  passes: (item: Item) => Promise<boolean>,
): Promise<Count> {
  const waiting = [...items];
  let passed = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      if (await passes(next)) passed += 1;
  };
  await Promise.all(Array.from({ length: most }, work));
  return { passed, all: items.length };
}

function tell(what: string, problems: readonly string[]): void {
  console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${what}`);
  for (const problem of problems) console.log(`     ${problem}`);
}
