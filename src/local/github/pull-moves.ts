// What a move of branches does to open pull requests: new heads, merges by reachability, branches gone.

import { emitPull } from "./events/pull-events.ts";
import type { RefMove } from "./events/push-events.ts";
import { isReachable } from "./git/commits.ts";
import { NO_COMMIT } from "./git/refs.ts";
import type { PullRow } from "./store/code.ts";
import { measurePull, type PullSize } from "./views/pull.ts";
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
    const before = world.tables.pulls.must(fact.pullId);
    if (typeof fact.head === "object")
      synchronize(world, before, { sha: fact.head.sha, size: fact.size }, actor);
    if (typeof fact.base === "object") {
      world.tables.pulls.update(fact.pullId, { baseSha: fact.base.sha });
    }
    if (fact.mergedBy !== null) {
      closeMerged(world, fact.pullId, { sha: fact.mergedBy, actor, size: fact.size });
    } else if (fact.head === "gone" || (fact.base === "gone" && fact.newBase === null)) {
      closePull(world, fact.pullId, actor, fact.size);
    } else if (fact.newBase !== null) {
      retarget(world, fact.pullId, fact.newBase, { actor, size: fact.size });
    }
  }
}

/** Marks a pull request merged and closed. */
function closeMerged(
  world: World,
  pullId: number,
  how: { readonly sha: string; readonly actor: Actor; readonly size: PullSize },
): void {
  const at = world.now();
  world.tables.pulls.update(pullId, {
    mergedAt: at,
    mergedById: how.actor.user.id,
    mergeCommitSha: how.sha,
  });
  closePull(world, pullId, how.actor, how.size);
}

/** Points a pull request at another base branch. */
export function retarget(
  world: World,
  pullId: number,
  base: { readonly ref: string; readonly sha: string },
  told: { readonly actor: Actor; readonly size: PullSize },
): void {
  const before = world.tables.pulls.must(pullId);
  const pull = world.tables.pulls.update(pullId, { baseRef: base.ref, baseSha: base.sha });
  world.tables.issues.update(pull.issueId, { updatedAt: world.now() });
  const changes = { base: { ref: { from: before.baseRef }, sha: { from: before.baseSha } } };
  emitPull(world, pull, { action: "edited", extra: { changes }, ...told });
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
  return {
    pullId: pull.id,
    head,
    base,
    mergedBy: merged,
    newBase,
    size: await measurePull(world, { ...pull, headSha, baseSha: newBase?.sha ?? baseSha }),
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

function synchronize(
  world: World,
  before: PullRow,
  to: { readonly sha: string; readonly size: PullSize },
  actor: Actor,
): void {
  const pull = world.tables.pulls.update(before.id, { headSha: to.sha });
  world.tables.issues.update(pull.issueId, { updatedAt: world.now() });
  const extra = { before: before.headSha, after: to.sha };
  emitPull(world, pull, { action: "synchronize", actor, extra, size: to.size });
}

function closePull(world: World, pullId: number, actor: Actor, size: PullSize): void {
  const pull = world.tables.pulls.must(pullId);
  const at = world.now();
  world.tables.issues.update(pull.issueId, {
    state: "closed",
    closedAt: at,
    closedById: actor.user.id,
    updatedAt: at,
  });
  emitPull(world, pull, { action: "closed", actor, size });
}
