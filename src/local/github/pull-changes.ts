// Changes to pull requests: made, closed, reopened, drafted.

import { emitPull } from "./events/pull-events.ts";
import { countCommits, mergeBase } from "./git/commits.ts";
import { refTip } from "./git/refs.ts";
import { keepPullHead } from "./git-moves.ts";
import { insertIssue } from "./issue-changes.ts";
import { validationFailed } from "./server/github-error.ts";
import type { RepositoryRow } from "./store/accounts.ts";
import type { PullRow } from "./store/code.ts";
import type { IssueRow } from "./store/conversations.ts";
import { measurePull } from "./views/pull.ts";
import { type Actor, gitDirOf, type World } from "./world.ts";

/** A pull request about to be opened; `head` is a branch of the same repository. */
export type NewPull = {
  readonly title: string;
  readonly body: string | null;
  readonly head: string;
  readonly base: string;
  readonly draft: boolean;
};

/** Opens a pull request. @throws GitHubError 422 when it cannot be */
export function openPull(
  world: World,
  repository: RepositoryRow,
  wanted: NewPull,
  actor: Actor,
): Promise<PullRow> {
  return world.withRepository(repository.id, () => openPullNow(world, repository, wanted, actor));
}

async function openPullNow(
  world: World,
  repository: RepositoryRow,
  wanted: NewPull,
  actor: Actor,
): Promise<PullRow> {
  const gitDir = gitDirOf(world, repository.id);
  const headSha = await refTip(gitDir, `refs/heads/${wanted.head}`);
  const baseSha = await refTip(gitDir, `refs/heads/${wanted.base}`);
  const resource = "PullRequest";
  if (headSha === null) throw validationFailed({ resource, field: "head", code: "invalid" });
  if (baseSha === null) throw validationFailed({ resource, field: "base", code: "invalid" });
  await checkDistinct(world, repository, wanted, { headSha, baseSha });
  const tips = { headSha, baseSha };
  const size = await measurePull(world, { repositoryId: repository.id, ...tips });
  const pull = world.transaction(() => {
    const row = insertPull(world, repository, { ...wanted, ...tips, size }, actor);
    emitPull(world, row, { action: "opened", actor });
    return row;
  });
  await keepPullHead(gitDir, pull.number, headSha);
  return pull;
}

async function checkDistinct(
  world: World,
  repository: RepositoryRow,
  wanted: NewPull,
  tips: { readonly headSha: string; readonly baseSha: string },
): Promise<void> {
  const refuse = (message: string) =>
    validationFailed({ resource: "PullRequest", field: "head", code: "custom", message });
  const { head: headRef, base: baseRef } = wanted;
  const open = world.tables.pulls
    .find({ repositoryId: repository.id, headRef, baseRef })
    .some((pull) => world.tables.issues.must(pull.issueId).state === "open");
  const owner = world.tables.users.must(repository.ownerId).login;
  if (open) throw refuse(`A pull request already exists for ${owner}:${headRef}.`);
  const gitDir = gitDirOf(world, repository.id);
  if ((await mergeBase(gitDir, tips.baseSha, tips.headSha)) === null) {
    throw refuse(`The ${headRef} branch has no history in common with ${baseRef}`);
  }
  if ((await countCommits(gitDir, tips.baseSha, tips.headSha)) === 0) {
    throw refuse(`No commits between ${baseRef} and ${headRef}`);
  }
}

function insertPull(
  world: World,
  repository: RepositoryRow,
  wanted: NewPull & Pick<PullRow, "headSha" | "baseSha" | "size">,
  actor: Actor,
): PullRow {
  const { title, body } = wanted;
  const issue = insertIssue(world, repository, { title, body, isPull: true }, actor);
  return world.tables.pulls.insert({
    issueId: issue.id,
    repositoryId: repository.id,
    number: issue.number,
    headRef: wanted.head,
    headSha: wanted.headSha,
    baseRef: wanted.base,
    baseSha: wanted.baseSha,
    draft: wanted.draft,
    mergedAt: null,
    mergedById: null,
    mergeCommitSha: null,
    pendingMergeSha: null,
    size: wanted.size,
    mergeable: null,
    requestedReviewerIds: [],
  });
}

/** Closes or reopens a pull request. @throws GitHubError 422 when it cannot be reopened */
export async function setPullState(
  world: World,
  issue: IssueRow,
  state: "open" | "closed",
  actor: Actor,
): Promise<void> {
  await world.withRepository(issue.repositoryId, async () => {
    const pull = world.tables.pulls.first({ issueId: issue.id });
    if (pull === null || world.tables.issues.must(issue.id).state === state) return;
    const changed = state === "closed" ? {} : await tipsToReopen(world, pull);
    world.transaction(() => {
      const at = world.now();
      const closed = state === "closed";
      world.tables.issues.update(issue.id, {
        state,
        closedAt: closed ? at : null,
        closedById: closed ? actor.user.id : null,
        updatedAt: at,
      });
      const updated = world.tables.pulls.update(pull.id, changed);
      emitPull(world, updated, { action: closed ? "closed" : "reopened", actor });
    });
  });
}

async function tipsToReopen(
  world: World,
  pull: PullRow,
): Promise<Pick<PullRow, "headSha" | "baseSha" | "size">> {
  const refuse = (reason: string) => {
    const message = `state cannot be changed. ${reason}`;
    return validationFailed({ resource: "PullRequest", field: "state", code: "custom", message });
  };
  if (pull.mergedAt !== null) throw refuse("The pull request was merged.");
  const gitDir = gitDirOf(world, pull.repositoryId);
  const headSha = await refTip(gitDir, `refs/heads/${pull.headRef}`);
  const baseSha = await refTip(gitDir, `refs/heads/${pull.baseRef}`);
  if (headSha === null) throw refuse(`The ${pull.headRef} branch was deleted.`);
  if (baseSha === null) throw refuse(`The ${pull.baseRef} branch was deleted.`);
  const tips = { headSha, baseSha };
  return { ...tips, size: await measurePull(world, { ...pull, ...tips }) };
}

/** Makes a draft ready, or a ready pull request a draft. */
export function setDraft(world: World, pull: PullRow, draft: boolean, actor: Actor): PullRow {
  if (pull.draft === draft) return pull;
  return world.transaction(() => {
    const updated = world.tables.pulls.update(pull.id, { draft });
    world.tables.issues.update(pull.issueId, { updatedAt: world.now() });
    const action = draft ? "converted_to_draft" : "ready_for_review";
    emitPull(world, updated, { action, actor });
    return updated;
  });
}
