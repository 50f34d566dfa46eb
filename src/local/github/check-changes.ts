// What happens around check runs: their suites, and what is told of both. Called inside a transaction.

import { emitCheckRun, emitCheckSuite } from "./events/check-events.ts";
import type { Commit } from "./git/commits.ts";
import type { CheckRunRow, CheckSuiteRow } from "./store/code.ts";
import { suiteOutcome } from "./views/check.ts";
import type { Actor, World } from "./world.ts";

const RUNS_OF_ONE_NAME = 1000;

/** Tells that a run completed, and its suite when it was the last. */
export function tellCompleted(
  world: World,
  run: CheckRunRow,
  told: { readonly actor: Actor; readonly headCommit: Commit },
): void {
  if (run.status !== "completed") return;
  const { actor, headCommit } = told;
  emitCheckRun(world, run, { action: "completed", actor });
  const suite = world.tables.checkSuites.update(run.suiteId, { updatedAt: world.now() });
  if (suiteOutcome(world, suite).status !== "completed") return;
  emitCheckSuite(world, suite, { action: "completed", actor, headCommit });
}

/** The suite of an App for a commit, made when there is none. */
export function suiteFor(
  world: World,
  repositoryId: number,
  appId: number,
  headSha: string,
): CheckSuiteRow {
  const there = world.tables.checkSuites.first({ repositoryId, appId, headSha });
  if (there !== null) return there;
  const ref = world.tables.seenRefs.first({ repositoryId, sha: headSha })?.ref ?? null;
  return world.tables.checkSuites.insert({
    repositoryId,
    appId,
    headSha,
    headBranch: ref?.replace(/^refs\/heads\//u, "") ?? null,
    before: null,
    createdAt: world.now(),
    updatedAt: world.now(),
  });
}

/** Keeps a thousand runs of one name in a suite, as GitHub does. */
export function dropOldest(world: World, run: CheckRunRow): void {
  const same = world.tables.checkRuns.find({ suiteId: run.suiteId, name: run.name });
  for (const old of same.slice(0, Math.max(0, same.length - RUNS_OF_ONE_NAME))) {
    world.tables.checkRuns.remove(old.id);
  }
}
