import { z } from "zod";
import { emitReview, emitReviewComment } from "../events/pull-events.ts";
import { listChanges } from "../git/diff.ts";
import { checkBody } from "../issue-changes.ts";
import { notFound, unprocessable } from "../server/github-error.ts";
import { paged } from "../server/paging.ts";
import { created, ok, type RepositoryCall, repositoryRoute } from "../server/route.ts";
import type { PullRow, ReviewCommentRow, ReviewRow } from "../store/code.ts";
import { diffStart, renderReview, renderReviewComment } from "../views/pull.ts";
import { gitDirOf, type World } from "../world.ts";
import { readPulls, writePulls } from "./access-needs.ts";
import { findPull, numberParam } from "./find.ts";

const draftComment = z.object({
  path: z.string(),
  body: z.string(),
  line: z.int().optional(),
  position: z.int().optional(),
  side: z.enum(["LEFT", "RIGHT"]).optional(),
});
const newReview = z.object({
  commit_id: z.string().optional(),
  body: z.string().optional(),
  event: z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]).optional(),
  comments: z.array(draftComment).optional(),
});
const newComment = draftComment.extend({
  commit_id: z.string(),
  in_reply_to: z.int().optional(),
  subject_type: z.enum(["line", "file"]).optional(),
});
const reply = z.object({ body: z.string() });

const STATES = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
} as const;

export const reviewRoutes = [
  repositoryRoute({
    method: "GET",
    template: "/pulls/{pull_number}/reviews",
    access: readPulls,
    handle: (world, call) => {
      const rows = world.tables.reviews.find({ pullId: findPull(world, call).id });
      return paged(world, call, rows, (row) => renderReview(world, row));
    },
  }),
  repositoryRoute({
    method: "POST",
    template: "/pulls/{pull_number}/reviews",
    content: true,
    access: writePulls,
    body: newReview,
    handle: async (world, call) => ok(renderReview(world, await submit(world, call))),
  }),
  repositoryRoute({
    method: "GET",
    template: "/pulls/{pull_number}/reviews/{review_id}",
    access: readPulls,
    handle: (world, call) => {
      const review = world.tables.reviews.get(numberParam(call, "review_id"));
      if (review === null || review.pullId !== findPull(world, call).id) throw notFound();
      return ok(renderReview(world, review));
    },
  }),
  repositoryRoute({
    method: "PUT",
    template: "/pulls/{pull_number}/reviews/{review_id}/dismissals",
    access: { ...writePulls, role: "write" },
    body: z.object({ message: z.string(), event: z.string().optional() }),
    handle: (world, call) => ok(renderReview(world, dismiss(world, call))),
  }),
  repositoryRoute({
    method: "GET",
    template: "/pulls/{pull_number}/comments",
    access: readPulls,
    handle: (world, call) => {
      const rows = world.tables.reviewComments.find({ pullId: findPull(world, call).id });
      return paged(world, call, rows, (row) => renderReviewComment(world, row));
    },
  }),
  repositoryRoute({
    method: "POST",
    template: "/pulls/{pull_number}/comments",
    content: true,
    access: writePulls,
    body: newComment,
    handle: async (world, call) => {
      const pull = findPull(world, call);
      const hunks = await hunksOf(world, pull);
      const row = world.transaction(() => {
        const review = insertReview(world, call, pull, { state: "COMMENTED", body: "" });
        return insertComment(world, call, review, { ...call.body, hunks });
      });
      return created(renderReviewComment(world, row));
    },
  }),
  repositoryRoute({
    method: "POST",
    template: "/pulls/{pull_number}/comments/{comment_id}/replies",
    content: true,
    access: writePulls,
    body: reply,
    handle: (world, call) => created(renderReviewComment(world, answer(world, call))),
  }),
];

async function submit(
  world: World,
  call: RepositoryCall<z.infer<typeof newReview>>,
): Promise<ReviewRow> {
  const pull = findPull(world, call);
  const { event, body = "", comments = [] } = call.body;
  checkBody("PullRequestReview", body);
  const issue = world.tables.issues.must(pull.issueId);
  const own = issue.userId === call.actor().user.id;
  if (own && event === "APPROVE") throw unprocessable("Can not approve your own pull request");
  if (own && event === "REQUEST_CHANGES") {
    throw unprocessable("Can not request changes on your own pull request");
  }
  if (event !== "APPROVE" && body === "" && comments.length === 0) {
    throw unprocessable("A review needs a body or comments");
  }
  const hunks = await hunksOf(world, pull);
  return world.transaction(() => {
    const state = event === undefined ? "PENDING" : STATES[event];
    const review = insertReview(world, call, pull, { state, body });
    for (const comment of comments) insertComment(world, call, review, { ...comment, hunks });
    return review;
  });
}

function insertReview(
  world: World,
  call: RepositoryCall<{ readonly commit_id?: string | undefined }>,
  pull: PullRow,
  review: { readonly state: ReviewRow["state"]; readonly body: string },
): ReviewRow {
  const actor = call.actor();
  const at = world.now();
  const row = world.tables.reviews.insert({
    ...review,
    pullId: pull.id,
    userId: actor.user.id,
    appId: actor.app?.id ?? null,
    commitSha: call.body.commit_id ?? pull.headSha,
    submittedAt: at,
  });
  world.tables.issues.update(pull.issueId, { updatedAt: at });
  if (review.state !== "PENDING") emitReview(world, row, { action: "submitted", actor });
  return row;
}

function insertComment(
  world: World,
  call: RepositoryCall<unknown>,
  review: ReviewRow,
  comment: z.infer<typeof draftComment> & {
    readonly in_reply_to?: number | undefined;
    readonly hunks: ReadonlyMap<string, string>;
  },
): ReviewCommentRow {
  checkBody("PullRequestReviewComment", comment.body);
  const diffHunk = comment.hunks.get(comment.path);
  if (diffHunk === undefined) throw unprocessable(`Path could not be resolved: ${comment.path}`);
  const at = world.now();
  const actor = call.actor();
  const row = world.tables.reviewComments.insert({
    pullId: review.pullId,
    reviewId: review.id,
    userId: actor.user.id,
    body: comment.body,
    path: comment.path,
    line: comment.line ?? comment.position ?? 1,
    side: comment.side ?? "RIGHT",
    commitSha: review.commitSha,
    diffHunk,
    inReplyToId: comment.in_reply_to ?? null,
    createdAt: at,
    updatedAt: at,
  });
  emitReviewComment(world, row, { action: "created", actor });
  return row;
}

function answer(world: World, call: RepositoryCall<z.infer<typeof reply>>): ReviewCommentRow {
  const pull = findPull(world, call);
  const parent = world.tables.reviewComments.get(numberParam(call, "comment_id"));
  if (parent === null || parent.pullId !== pull.id) throw notFound();
  return world.transaction(() => {
    const plain = { ...call, body: {} };
    const review = insertReview(world, plain, pull, { state: "COMMENTED", body: "" });
    const { path, line, side } = parent;
    const hunks = new Map([[path, parent.diffHunk]]);
    const { body } = call.body;
    return insertComment(world, call, review, {
      path,
      line,
      side,
      body,
      in_reply_to: parent.id,
      hunks,
    });
  });
}

function dismiss(world: World, call: RepositoryCall<{ readonly message: string }>): ReviewRow {
  const review = world.tables.reviews.get(numberParam(call, "review_id"));
  if (review === null || review.pullId !== findPull(world, call).id) throw notFound();
  if (!["APPROVED", "CHANGES_REQUESTED"].includes(review.state)) {
    throw unprocessable("Can not dismiss a review that neither approves nor requests changes");
  }
  return world.transaction(() => {
    const updated = world.tables.reviews.update(review.id, { state: "DISMISSED" });
    emitReview(world, updated, { action: "dismissed", actor: call.actor() });
    return updated;
  });
}

async function hunksOf(world: World, pull: PullRow): Promise<ReadonlyMap<string, string>> {
  const gitDir = gitDirOf(world, pull.repositoryId);
  const changes = await listChanges(gitDir, await diffStart(world, pull), pull.headSha);
  return new Map(changes.map((change) => [change.path, change.patch ?? ""]));
}
