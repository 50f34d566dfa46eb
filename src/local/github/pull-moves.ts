// What a move of branches does to open pull requests: new heads, merges by reachability, branches gone.

import { emitPull } from "./events/pull-events.ts";
import type { RefMove } from "./events/push-events.ts";
import { isReachable } from "./git/commits.ts";
import { NO_COMMIT } from "./git/refs.ts";
import type { PullRow, PullSize } from "./store/code.ts";
import { measurePull } from "./views/pull.ts";
import { type Actor, gitDirOf, type World } from "./world.ts";

/** What git says about one open pull request after branches moved. */
export type PullFacts = {
  readonly pullId: number;
  readonly head: "same" | "gone" | { readonly sha: string };
  readonly base: "same" | "gone" | { readonly sha: string };
  /** The base now holds the head: the pull request is merged, by this commit. */
  readonly mergedBy: string | null;
  /** When the base branch is gone: the base of a merged pull request that had it as head. */
  readonly newBase: { readonly ref: string; readonly sha: string } | null;
  readonly size: PullSize;
};

/** Asks git about every open pull request that one of these moves touches. Changes nothing. */
export async function pullFacts(
  world: World,
  repositoryId: number,
  moves: readonly RefMove[],
): Promise<readonly PullFacts[]> {
  const byBranch = new Map(moves.map((move) => [move.ref.replace(/^refs\/heads\//u, ""), move]));
  const facts: PullFacts[] = [];
  for (const issue of world.tables.issues.find({ repositoryId, isPull: true, state: "open" })) {
    const pull = world.tables.pulls.first({ issueId: issue.id });
    if (pull === null) continue;
    const head = byBranch.get(pull.headRef);
    const base = byBranch.get(pull.baseRef);
    if (head !== undefined || base !== undefined) {
      facts.push(await factsOf(world, pull, { head, base }));
    }
  }
  return facts;
}

/** Changes the pull requests accordingly and tells of it; inside the transaction of the moves. */
export function settlePulls(world: World, facts: readonly PullFacts[], actor: Actor): void {
  for (const fact of facts) {
    const { pullId } = fact;
    world.tables.pulls.update(pullId, { size: fact.size });
    if (typeof fact.head === "object") synchronize(world, pullId, fact.head.sha, actor);
    if (fact.mergedBy !== null) {
      // A merged pull request stays between the commits it was merged from.
      const merged = { mergedAt: world.now(), mergedById: actor.user.id };
      world.tables.pulls.update(pullId, { ...merged, mergeCommitSha: fact.mergedBy });
      closePull(world, pullId, actor);
      continue;
    }
    if (typeof fact.base === "object")
      world.tables.pulls.update(pullId, { baseSha: fact.base.sha });
    if (fact.newBase !== null) {
      retarget(world, pullId, { ...fact.newBase, size: fact.size }, actor);
    } else if (fact.head === "gone" || fact.base === "gone") {
      closePull(world, pullId, actor);
    }
  }
}

/** Points a pull request at another base branch. */
export function retarget(
  world: World,
  pullId: number,
  base: { readonly ref: string; readonly sha: string; readonly size: PullSize },
  actor: Actor,
): void {
  const before = world.tables.pulls.must(pullId);
  const { ref: baseRef, sha: baseSha, size } = base;
  const pull = world.tables.pulls.update(pullId, { baseRef, baseSha, size });
  world.tables.issues.update(pull.issueId, { updatedAt: world.now() });
  const changes = { base: { ref: { from: before.baseRef }, sha: { from: before.baseSha } } };
  emitPull(world, pull, { action: "edited", extra: { changes }, actor });
}

async function factsOf(
  world: World,
  pull: PullRow,
  moved: { readonly head: RefMove | undefined; readonly base: RefMove | undefined },
): Promise<PullFacts> {
  const head = whereTo(moved.head);
  const base = whereTo(moved.base);
  const headSha = typeof head === "object" ? head.sha : pull.headSha;
  const baseSha = typeof base === "object" ? base.sha : pull.baseSha;
  const gitDir = gitDirOf(world, pull.repositoryId);
  const merged = typeof base === "object" ? await mergeSeen(gitDir, pull, headSha, baseSha) : null;
  const newBase = base === "gone" ? followMerged(world, pull) : null;
  const from = merged === null ? (newBase?.sha ?? baseSha) : pull.baseSha;
  return {
    pullId: pull.id,
    head,
    base,
    mergedBy: merged,
    newBase,
    size: await measurePull(world, { repositoryId: pull.repositoryId, headSha, baseSha: from }),
  };
}

// A squashed or rebased head is not reachable, so a merge through the API says beforehand what it puts there.
async function mergeSeen(
  gitDir: string,
  pull: PullRow,
  headSha: string,
  baseSha: string,
): Promise<string | null> {
  const pending = pull.pendingMergeSha;
  if (pending !== null && (await isReachable(gitDir, pending, baseSha))) return pending;
  return (await isReachable(gitDir, headSha, baseSha)) ? baseSha : null;
}

function whereTo(move: RefMove | undefined): PullFacts["head"] {
  if (move === undefined) return "same";
  return move.after === NO_COMMIT ? "gone" : { sha: move.after };
}

// GitHub re-targets pull requests when the deleted base was the head of a merged one.
function followMerged(world: World, pull: PullRow): PullFacts["newBase"] {
  const merged = world.tables.pulls
    .find({ repositoryId: pull.repositoryId, headRef: pull.baseRef })
    .findLast((other) => other.mergedAt !== null);
  if (merged === undefined) return null;
  const tip = world.tables.seenRefs.first({
    repositoryId: pull.repositoryId,
    ref: `refs/heads/${merged.baseRef}`,
  });
  return tip === null ? null : { ref: merged.baseRef, sha: tip.sha };
}

function synchronize(world: World, pullId: number, after: string, actor: Actor): void {
  const { headSha: before } = world.tables.pulls.must(pullId);
  const pull = world.tables.pulls.update(pullId, { headSha: after });
  world.tables.issues.update(pull.issueId, { updatedAt: world.now() });
  emitPull(world, pull, { action: "synchronize", actor, extra: { before, after } });
}

function closePull(world: World, pullId: number, actor: Actor): void {
  const pull = world.tables.pulls.must(pullId);
  const at = world.now();
  world.tables.issues.update(pull.issueId, {
    state: "closed",
    closedAt: at,
    closedById: actor.user.id,
    updatedAt: at,
  });
  emitPull(world, pull, { action: "closed", actor });
}
