import { z } from "zod";
import { emitComment } from "../events/issue-events.ts";
import { checkBody } from "../issue-changes.ts";
import { validationFailed } from "../server/github-error.ts";
import { paged } from "../server/paging.ts";
import { created, noContent, ok, type RepositoryCall, repositoryRoute } from "../server/route.ts";
import type { CommentRow } from "../store/conversations.ts";
import { renderComment } from "../views/issue.ts";
import type { World } from "../world.ts";
import { readIssues, triageIssues, writeIssues } from "./access-needs.ts";
import { findComment, findIssue, requireAuthorOr } from "./find.ts";
import { isSince, sinceOf, sortRows } from "./issues.ts";

const commentBody = z.object({ body: z.string() });

export const commentRoutes = [
  repositoryRoute({
    method: "GET",
    template: "/issues/{issue_number}/comments",
    access: readIssues,
    handle: (world, call) => {
      const since = sinceOf(call.query);
      const rows = world.tables.comments
        .find({ issueId: findIssue(world, call).id })
        .filter((row) => isSince(row.updatedAt, since));
      return paged(world, call, rows, (row) => renderComment(world, row));
    },
  }),
  repositoryRoute({
    method: "GET",
    template: "/issues/comments",
    access: readIssues,
    handle: (world, call) => {
      const since = sinceOf(call.query);
      const rows = world.tables.comments
        .find({ repositoryId: call.repository.id })
        .filter((row) => isSince(row.updatedAt, since));
      // Unlike issues, the comments of a repository come oldest first unless a sort is asked for.
      const sorted = call.query.has("sort") ? sortRows(rows, call.query) : rows;
      return paged(world, call, sorted, (row) => renderComment(world, row));
    },
  }),
  repositoryRoute({
    method: "POST",
    template: "/issues/{issue_number}/comments",
    content: true,
    access: writeIssues,
    body: commentBody,
    handle: (world, call) => created(renderComment(world, addComment(world, call))),
  }),
  repositoryRoute({
    method: "GET",
    template: "/issues/comments/{comment_id}",
    access: readIssues,
    handle: (world, call) => ok(renderComment(world, findComment(world, call))),
  }),
  repositoryRoute({
    method: "PATCH",
    template: "/issues/comments/{comment_id}",
    access: writeIssues,
    body: commentBody,
    handle: (world, call) => ok(renderComment(world, editComment(world, call))),
  }),
  repositoryRoute({
    method: "DELETE",
    template: "/issues/comments/{comment_id}",
    access: writeIssues,
    handle: (world, call) => {
      deleteComment(world, call);
      return noContent;
    },
  }),
  repositoryRoute({
    method: "PUT",
    template: "/issues/comments/{comment_id}/pin",
    access: { ...triageIssues, permissions: ["issues"] },
    handle: (world, call) => ok(renderComment(world, pinComment(world, call))),
  }),
  repositoryRoute({
    method: "DELETE",
    template: "/issues/comments/{comment_id}/pin",
    access: { ...triageIssues, permissions: ["issues"] },
    handle: (world, call) => {
      const { id } = findComment(world, call);
      world.transaction(() =>
        world.tables.comments.update(id, { pinnedAt: null, pinnedById: null }),
      );
      return noContent;
    },
  }),
];

function addComment(world: World, call: RepositoryCall<z.infer<typeof commentBody>>): CommentRow {
  const issue = findIssue(world, call);
  checkText(call.body.body);
  const actor = call.actor();
  return world.transaction(() => {
    const at = world.now();
    const comment = world.tables.comments.insert({
      repositoryId: call.repository.id,
      issueId: issue.id,
      userId: actor.user.id,
      appId: actor.app?.id ?? null,
      body: call.body.body,
      createdAt: at,
      updatedAt: at,
      pinnedAt: null,
      pinnedById: null,
      minimizedReason: null,
    });
    world.tables.issues.update(issue.id, { updatedAt: at });
    emitComment(world, comment, { action: "created", actor });
    return comment;
  });
}

function editComment(world: World, call: RepositoryCall<z.infer<typeof commentBody>>): CommentRow {
  const comment = findComment(world, call);
  requireAuthorOr(world, call, comment.userId, "write");
  checkText(call.body.body);
  return world.transaction(() => {
    const before = world.tables.comments.must(comment.id);
    const { body } = call.body;
    const updated = world.tables.comments.update(comment.id, { body, updatedAt: world.now() });
    if (before.body !== body) {
      const extra = { changes: { body: { from: before.body } } };
      emitComment(world, updated, { action: "edited", actor: call.actor(), extra });
    }
    return updated;
  });
}

function deleteComment(world: World, call: RepositoryCall<null>): void {
  const comment = findComment(world, call);
  requireAuthorOr(world, call, comment.userId, "write");
  world.transaction(() => {
    emitComment(world, comment, { action: "deleted", actor: call.actor() });
    world.tables.comments.remove(comment.id);
  });
}

function pinComment(world: World, call: RepositoryCall<null>): CommentRow {
  const comment = findComment(world, call);
  return world.transaction(() => {
    // One comment is pinned per issue: the new pin replaces the old.
    for (const other of world.tables.comments.find({ issueId: comment.issueId })) {
      if (other.pinnedAt === null || other.id === comment.id) continue;
      world.tables.comments.update(other.id, { pinnedAt: null, pinnedById: null });
    }
    const pinnedById = call.actor().user.id;
    return world.tables.comments.update(comment.id, { pinnedAt: world.now(), pinnedById });
  });
}

function checkText(body: string): void {
  if (body.trim() === "") {
    const message = "body cannot be blank";
    throw validationFailed({ resource: "IssueComment", field: "body", code: "custom", message });
  }
  checkBody("IssueComment", body);
}
