import {
  type DemoReport,
  judgeDemo,
  newDataFolder,
  removeDataFolder,
  startDemo,
  watchDatabase,
} from "../support/demo-run.ts";
import { clearAway, leftSince, snapshotOf } from "../support/leftovers.ts";
import { type Disturbance, flushAtMoments, loseWakes, openRedis } from "./disturb.ts";

type Part = {
  readonly name: string;
  /** @returns how often it disturbed */
  readonly disturb: (disturbance: Disturbance) => Promise<number>;
};

const parts: readonly Part[] = [
  { name: "flushed", disturb: flushAtMoments },
  { name: "wakes lost", disturb: loseWakes },
];

/** @param only the name of one part; null for all. @returns the exit code */
export async function runFlushSuite(only: string | null): Promise<number> {
  const chosen = parts.filter(({ name }) => only === null || name === only);
  if (chosen.length === 0)
    throw new Error(`--only ${only}: one of ${parts.map(({ name }) => name).join(", ")}`);
  const undisturbed = only === null ? await runOnce(null) : null;
  const ends = [];
  for (const part of chosen) ends.push(await runOnce(part));
  const costs = ends.map(({ name, times, report }) => {
    const more = report && undisturbed?.report ? report.seconds - undisturbed.report.seconds : null;
    return `${name} ${times} times${more === null ? "" : `, ${more.toFixed(1)} s more`}`;
  });
  const isWhole = [...(undisturbed ? [undisturbed] : []), ...ends].every(({ passed }) => passed);
  console.log(`${isWhole ? "Ended as undisturbed" : "Fell short"}: ${costs.join("; ")}.`);
  return isWhole ? 0 : 1;
}

type End = {
  readonly name: string;
  readonly times: number;
  readonly passed: boolean;
  readonly report: DemoReport | null;
};

async function runOnce(part: Part | null): Promise<End> {
  const dataDir = newDataFolder("flush");
  const before = snapshotOf(dataDir);
  const run = startDemo(dataDir, ["--limit", "120"]);
  try {
    const disturbed =
      part === null ? { times: 0, problems: [] } : await disturb(part, dataDir, run);
    const { problems, report } = await judgeDemo(run);
    const left = await leftSince(before, dataDir);
    const all = [
      ...disturbed.problems,
      ...problems,
      ...left.map(({ kind, what }) => `left over: ${kind} ${what}`),
    ];
    const name = part?.name ?? "undisturbed";
    console.log(`${all.length === 0 ? "ok  " : "FAIL"} ${name}: ${report?.seconds ?? "?"} s`);
    for (const problem of all) console.log(`     ${problem}`);
    return { name, times: disturbed.times, passed: all.length === 0, report };
  } finally {
    await run.killGroup();
    await clearAway(dataDir);
    removeDataFolder(dataDir);
  }
}

async function disturb(
  { disturb: work }: Part,
  dataDir: string,
  run: ReturnType<typeof startDemo>,
): Promise<{ readonly times: number; readonly problems: readonly string[] }> {
  const watch = await watchDatabase(dataDir, run);
  const redis = openRedis(dataDir);
  try {
    return { times: await work({ run, watch, redis }), problems: [] };
  } catch (error) {
    return { times: 0, problems: [error instanceof Error ? error.message : String(error)] };
  } finally {
    redis.disconnect();
    await watch.close().catch(() => null);
  }
}
