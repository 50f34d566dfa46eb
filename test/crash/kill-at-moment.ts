import {
  awaitInDemo,
  judgeDemo,
  newDataFolder,
  removeDataFolder,
  startDemo,
  watchDatabase,
} from "../support/demo-run.ts";
import { clearAway, leftSince, snapshotOf } from "../support/leftovers.ts";
import type { Moment } from "./moments.ts";

export type MomentEnd = {
  readonly problems: readonly string[];
  /** Of the resumed run, from its start to its end. */
  readonly resumedMs: number;
};

/** Kills the demo's whole process group at a moment, resumes it, and holds its end. */
export async function killAtMoment(moment: Moment, keep: boolean): Promise<MomentEnd> {
  const dataDir = newDataFolder("crash");
  const before = snapshotOf(dataDir);
  let problems: readonly string[] = [];
  try {
    await runUntil(moment, dataDir);
    const startedAt = performance.now();
    const resumed = startDemo(dataDir, ["--resume", "--limit", "120"]);
    const judged = await judgeDemo(resumed);
    const left = await leftSince(before, dataDir);
    problems = [...judged.problems, ...left.map(({ kind, what }) => `left over: ${kind} ${what}`)];
    return { problems, resumedMs: performance.now() - startedAt };
  } catch (error) {
    problems = [error instanceof Error ? error.message : String(error)];
    return { problems, resumedMs: 0 };
  } finally {
    await clearAway(dataDir);
    if (keep && problems.length > 0) console.log(`    kept ${dataDir} and ${dataDir}.out`);
    else removeDataFolder(dataDir);
  }
}

async function runUntil(moment: Moment, dataDir: string): Promise<void> {
  const run = startDemo(dataDir);
  try {
    const watch = await watchDatabase(dataDir, run);
    await awaitInDemo(run, watch, moment.fact);
    await run.killGroup();
    await watch.close().catch(() => null);
  } catch (error) {
    await run.killGroup();
    throw error;
  }
}
