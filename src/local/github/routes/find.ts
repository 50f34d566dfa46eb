// Finds what a path names, in GitHub's manner of refusing.

import { grants, hasRole } from "../server/access.ts";
import { forbidden, notFound } from "../server/github-error.ts";
import type { Call, RepositoryCall } from "../server/route.ts";
import type { RepositoryRow } from "../store/accounts.ts";
import type { PullRow } from "../store/code.ts";
import type { CommentRow, IssueRow } from "../store/conversations.ts";
import type { World } from "../world.ts";

/** The issue (or pull request) with the path's `issue_number`. @throws GitHubError 404, 403 */
export function findIssue(world: World, call: RepositoryCall<unknown>): IssueRow {
  const number = Number(call.params["issue_number"]);
  const issue = issueByNumber(world, call.repository, number);
  if (issue === null) throw notFound();
  requirePermissionFor(call, issue);
  return issue;
}

/** The issue with this number, or null. */
function issueByNumber(world: World, repository: RepositoryRow, number: number): IssueRow | null {
  if (!Number.isSafeInteger(number)) return null;
  return world.tables.issues.first({ repositoryId: repository.id, number });
}

/** The pull request with the path's `pull_number`. @throws GitHubError 404 */
export function findPull(world: World, call: RepositoryCall<unknown>): PullRow {
  const number = Number(call.params["pull_number"]);
  if (!Number.isSafeInteger(number)) throw notFound();
  const pull = world.tables.pulls.first({ repositoryId: call.repository.id, number });
  if (pull === null) throw notFound();
  return pull;
}

/** The comment with the path's `comment_id`. @throws GitHubError 404 */
export function findComment(world: World, call: RepositoryCall<unknown>): CommentRow {
  const comment = world.tables.comments.get(numberParam(call, "comment_id"));
  if (comment === null || comment.repositoryId !== call.repository.id) throw notFound();
  requirePermissionFor(call, world.tables.issues.must(comment.issueId));
  return comment;
}

/**
 * The issue with this database id. Relations go by it and may cross repositories, but never owners.
 *
 * @throws GitHubError 404
 */
export function issueOfOwner(world: World, call: RepositoryCall<unknown>, id: number): IssueRow {
  const issue = world.tables.issues.get(id);
  const owner = issue === null ? null : world.tables.repositories.must(issue.repositoryId).ownerId;
  if (issue === null || owner !== call.repository.ownerId) throw notFound();
  return issue;
}

/** A numeric path parameter. @throws GitHubError 404 when it is none */
export function numberParam(call: Call, name: string): number {
  const number = Number(call.params[name]);
  if (!Number.isSafeInteger(number)) throw notFound();
  return number;
}

/** @throws GitHubError 403 when a person is neither the author nor at least of this role */
export function requireAuthorOr(
  world: World,
  call: RepositoryCall<unknown>,
  authorId: number,
  role: "triage" | "write",
): void {
  const { user, app } = call.actor();
  if (app !== null || user.id === authorId || hasRole(world, call.repository, user.id, role))
    return;
  throw forbidden(`Must have ${role} access to ${call.repository.name}.`);
}

// Routes for issues serve pull requests too: an App may use them with either permission, but each
// kind of thing needs its own.
function requirePermissionFor(call: Call, issue: IssueRow): void {
  if (call.caller.kind !== "installation") return;
  const level = call.method === "GET" ? "read" : "write";
  const names = issue.isPull ? ["issues", "pull_requests"] : ["issues"];
  const { permissions } = call.caller;
  if (names.some((name) => grants(permissions, name, level))) return;
  throw forbidden("Resource not accessible by integration");
}
