import { countCommits, mergeBase } from "../git/commits.ts";
import { listChanges } from "../git/diff.ts";
import type { JsonObject } from "../json.ts";
import type { PullRow, PullSize, ReviewCommentRow, ReviewRow } from "../store/code.ts";
import { gitDirOf, nodeId, timestamp, timestampOrNull, type World } from "../world.ts";
import { associationOf, instants, issuePage, renderLabels, renderReactionCounts } from "./issue.ts";
import { renderRepository, repositoryApi } from "./repository.ts";
import { renderUser, renderUserById } from "./user.ts";

/** The two commits a pull request is between. */
export type PullEnds = Pick<PullRow, "repositoryId" | "baseSha" | "headSha">;

/** The commit a pull request's diff begins at: where its branch left the base. */
export async function diffStart(world: World, pull: PullEnds): Promise<string> {
  const gitDir = gitDirOf(world, pull.repositoryId);
  return (await mergeBase(gitDir, pull.baseSha, pull.headSha)) ?? pull.baseSha;
}

/** Asks git how large a pull request is. */
export async function measurePull(world: World, pull: PullEnds): Promise<PullSize> {
  const gitDir = gitDirOf(world, pull.repositoryId);
  const changes = await listChanges(gitDir, await diffStart(world, pull), pull.headSha);
  return {
    commits: await countCommits(gitDir, pull.baseSha, pull.headSha),
    additions: changes.reduce((sum, change) => sum + change.additions, 0),
    deletions: changes.reduce((sum, change) => sum + change.deletions, 0),
    changedFiles: changes.length,
  };
}

/** A pull request as lists carry it. */
export function renderPullSummary(world: World, pull: PullRow): JsonObject {
  const issue = world.tables.issues.must(pull.issueId);
  const repository = world.tables.repositories.must(pull.repositoryId);
  const assignees = issue.assigneeIds.map((id) => renderUserById(world, id));
  return {
    ...pullAddresses(repositoryApi(world, repository), issuePage(world, repository, issue), pull),
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    number: pull.number,
    state: issue.state,
    locked: false,
    title: issue.title,
    user: renderUserById(world, issue.userId),
    body: issue.body,
    labels: renderLabels(world, issue),
    milestone: null,
    active_lock_reason: null,
    ...instants(issue),
    merged_at: timestampOrNull(pull.mergedAt),
    merge_commit_sha: pull.mergeCommitSha,
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: pull.requestedReviewerIds.map((id) => renderUserById(world, id)),
    requested_teams: [],
    head: renderSide(world, pull, pull.headRef, pull.headSha),
    base: renderSide(world, pull, pull.baseRef, pull.baseSha),
    author_association: associationOf(world, repository, issue.userId),
    auto_merge: null,
    draft: pull.draft,
  };
}

// Each address is there twice: as a field, and under `_links`.
function pullAddresses(base: string, page: string, pull: PullRow): JsonObject {
  const self = `${base}/pulls/${pull.number}`;
  const issue = `${base}/issues/${pull.number}`;
  const commits = `${self}/commits`;
  const comments = `${issue}/comments`;
  const statuses = `${base}/statuses/${pull.headSha}`;
  const reviewComments = `${self}/comments`;
  const reviewComment = `${base}/pulls/comments{/number}`;
  return {
    url: self,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    commits_url: commits,
    comments_url: comments,
    statuses_url: statuses,
    review_comments_url: reviewComments,
    review_comment_url: reviewComment,
    _links: {
      self: { href: self },
      html: { href: page },
      issue: { href: issue },
      commits: { href: commits },
      comments: { href: comments },
      statuses: { href: statuses },
      review_comments: { href: reviewComments },
      review_comment: { href: reviewComment },
    },
  };
}

/** A pull request as `GET R/pulls/{n}` and its webhooks carry it. */
export function renderPull(world: World, pull: PullRow): JsonObject {
  const mergeable = mergeableOf(world, pull);
  return {
    ...renderPullSummary(world, pull),
    merged: pull.mergedAt !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeableStateOf(pull, mergeable),
    merged_by: renderUserById(world, pull.mergedById),
    comments: world.tables.comments.count({ issueId: pull.issueId }),
    review_comments: world.tables.reviewComments.count({ pullId: pull.id }),
    maintainer_can_modify: false,
    commits: pull.size.commits,
    additions: pull.size.additions,
    deletions: pull.size.deletions,
    changed_files: pull.size.changedFiles,
  };
}

/** Null while it is not known for the present tips, and for what is closed. */
export function mergeableOf(world: World, pull: PullRow): boolean | null {
  if (world.tables.issues.must(pull.issueId).state === "closed") return null;
  return pull.mergeable?.of === `${pull.headSha}:${pull.baseSha}` ? pull.mergeable.clean : null;
}

/** The few fields check runs and suites carry of a pull request. */
export function renderPullMinimal(world: World, pull: PullRow): JsonObject {
  const repository = world.tables.repositories.must(pull.repositoryId);
  const api = repositoryApi(world, repository);
  const repo = { id: repository.id, url: api, name: repository.name };
  return {
    id: pull.id,
    number: pull.number,
    url: `${api}/pulls/${pull.number}`,
    head: { ref: pull.headRef, sha: pull.headSha, repo },
    base: { ref: pull.baseRef, sha: pull.baseSha, repo },
  };
}

/** A review of a pull request. */
export function renderReview(world: World, review: ReviewRow): JsonObject {
  const pull = world.tables.pulls.must(review.pullId);
  const repository = world.tables.repositories.must(pull.repositoryId);
  const issue = world.tables.issues.must(pull.issueId);
  const page = `${issuePage(world, repository, issue)}#pullrequestreview-${review.id}`;
  const pullApi = `${repositoryApi(world, repository)}/pulls/${pull.number}`;
  return {
    id: review.id,
    node_id: nodeId("PRR", review.id),
    user: renderUserById(world, review.userId),
    body: review.body,
    state: review.state,
    html_url: page,
    pull_request_url: pullApi,
    author_association: associationOf(world, repository, review.userId),
    _links: { html: { href: page }, pull_request: { href: pullApi } },
    submitted_at: timestamp(review.submittedAt),
    commit_id: review.commitSha,
  };
}

/** A comment on a line of a pull request's diff. */
export function renderReviewComment(world: World, comment: ReviewCommentRow): JsonObject {
  const pull = world.tables.pulls.must(comment.pullId);
  const repository = world.tables.repositories.must(pull.repositoryId);
  const issue = world.tables.issues.must(pull.issueId);
  const api = repositoryApi(world, repository);
  const url = `${api}/pulls/comments/${comment.id}`;
  const page = `${issuePage(world, repository, issue)}#discussion_r${comment.id}`;
  const pullApi = `${api}/pulls/${pull.number}`;
  return {
    url,
    pull_request_review_id: comment.reviewId,
    id: comment.id,
    node_id: nodeId("PRRC", comment.id),
    diff_hunk: comment.diffHunk,
    path: comment.path,
    position: 1,
    original_position: 1,
    commit_id: comment.commitSha,
    original_commit_id: comment.commitSha,
    user: renderUserById(world, comment.userId),
    body: comment.body,
    created_at: timestamp(comment.createdAt),
    updated_at: timestamp(comment.updatedAt),
    html_url: page,
    pull_request_url: pullApi,
    author_association: associationOf(world, repository, comment.userId),
    _links: { self: { href: url }, html: { href: page }, pull_request: { href: pullApi } },
    reactions: renderReactionCounts(world, "review-comment", comment.id, url),
    side: comment.side,
    line: comment.line,
    original_line: comment.line,
    start_line: null,
    original_start_line: null,
    start_side: null,
    subject_type: "line",
    ...(comment.inReplyToId === null ? {} : { in_reply_to_id: comment.inReplyToId }),
  };
}

function mergeableStateOf(pull: PullRow, mergeable: boolean | null): string {
  if (mergeable === null) return "unknown";
  if (!mergeable) return "dirty";
  return pull.draft ? "draft" : "clean";
}

function renderSide(world: World, pull: PullRow, ref: string, sha: string): JsonObject {
  const repository = world.tables.repositories.must(pull.repositoryId);
  const owner = world.tables.users.must(repository.ownerId);
  return {
    label: `${owner.login}:${ref}`,
    ref,
    sha,
    user: renderUser(world, owner),
    repo: renderRepository(world, repository),
  };
}
