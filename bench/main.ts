import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { measures } from "./agents/index.ts";
import { busyShare, idleShare, mostBusyShare, percent } from "./busy-share.ts";
import { type Figure, isPassed, lineOf } from "./figure.ts";
import type { Measure } from "./measure.ts";
import { type BenchOptions, readOptions, UsageError, usage } from "./options.ts";
import { closeAll } from "./stage/open-stages.ts";

const interruptedExitCode = 130;

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage = error instanceof UsageError;
  console.error(isUsage ? error.message : error);
  process.exitCode = isUsage ? 2 : 1;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === null) {
    console.log(usage);
    return 0;
  }
  const load = options.noisy ? await busyShare() : await idleShare();
  if (load > mostBusyShare && !options.noisy)
    throw new UsageError(
      `The machine is busy (${percent(load)} of its processors, at most ${percent(mostBusyShare)}): wait, or measure with --noisy.`,
    );
  const { figures, broken } = await measureAll(chosen(options), options);
  const passed = figures.filter(isPassed).length;
  const total = `${passed} of ${figures.length} goals met${broken === 0 ? "" : `, ${broken} could not be measured`}${load > mostBusyShare ? " NOISY" : ""}`;
  console.log(options.json ? JSON.stringify({ total, load, machine: machine(), figures }) : total);
  return passed === figures.length && broken === 0 ? 0 : 1;
}

function chosen({ only }: BenchOptions): readonly Measure[] {
  if (only === null) return measures;
  const known = measures.flatMap(({ ids }) => ids);
  const unknown = only.find((id) => !known.includes(id));
  if (unknown !== undefined)
    throw new UsageError(`--only ${unknown}: no figure; there are: ${known.join(", ")}`);
  return measures.filter(({ ids }) => ids.some((id) => only.includes(id)));
}

async function measureAll(all: readonly Measure[], { quick }: BenchOptions) {
  const folder = mkdtempSync(join(tmpdir(), "ff-bench-"));
  onInterrupt(async () => {
    await closeAll();
    rmSync(folder, { recursive: true, force: true });
  });
  const measured: Measured = { figures: [], broken: 0 };
  const take = (measure: Measure): Promise<void> => takeOne(measure, measured, { folder, quick });
  try {
    for (const measure of all) if (!measure.counts) await take(measure);
    await Promise.all(all.filter(({ counts }) => counts).map(take));
    return measured;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Measured = { readonly figures: Figure[]; broken: number };

async function takeOne(
  { ids, what, run }: Measure,
  measured: Measured,
  { folder, quick }: { readonly folder: string; readonly quick: boolean },
): Promise<void> {
  const names = ids.join(" ");
  console.error(`· ${names}: ${what} …`);
  try {
    const say = (line: string): void => console.error(`    ${names}: ${line}`);
    const found = await run({ quick, say, folder: makeFolder(folder) });
    for (const figure of found) console.log(lineOf(figure));
    measured.figures.push(...found);
  } catch (error) {
    // The others are worth their figures all the same; this one has none.
    measured.broken += 1;
    console.log(`${names}  no figure: ${error instanceof Error ? error.message : error}`);
  }
}

/** The handlers stay: a second signal must not end the run before everything is stopped. */
function onInterrupt(clean: () => Promise<void>): void {
  let isCleaning = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      if (isCleaning) return;
      isCleaning = true;
      void clean().finally(() => process.exit(interruptedExitCode));
    });
}

/** Open to the users of embedded servers; what is secret in it has modes of its own. */
function makeFolder(parent: string): string {
  const folder = mkdtempSync(join(parent, "m-"));
  for (const path of [parent, folder]) chmodSync(path, 0o711);
  return folder;
}

function machine() {
  const [first] = cpus();
  return {
    cores: availableParallelism(),
    model: first?.model ?? "unknown",
    memoryBytes: totalmem(),
    node: process.version,
  };
}
