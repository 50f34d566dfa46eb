// One payload builder per event about pull requests and reviews.

import type { JsonObject } from "../json.ts";
import type { PullRow, ReviewCommentRow, ReviewRow } from "../store/code.ts";
import { renderPull, renderPullSummary, renderReview, renderReviewComment } from "../views/pull.ts";
import type { Actor, World } from "../world.ts";
import { emit } from "./emit.ts";

/** `pull_request`: opened, closed, synchronize, edited … */
export function emitPull(
  world: World,
  pull: PullRow,
  told: {
    readonly action: string;
    readonly actor: Actor;
    readonly extra?: JsonObject;
  },
): void {
  const repository = world.tables.repositories.must(pull.repositoryId);
  emit(world, {
    event: "pull_request",
    action: told.action,
    repository,
    actor: told.actor,
    payload: {
      number: pull.number,
      pull_request: renderPull(world, pull),
      ...told.extra,
    },
  });
}

/** `pull_request_review`: submitted, dismissed. */
export function emitReview(
  world: World,
  review: ReviewRow,
  told: { readonly action: string; readonly actor: Actor },
): void {
  const pull = world.tables.pulls.must(review.pullId);
  const repository = world.tables.repositories.must(pull.repositoryId);
  const rendered = renderReview(world, review);
  emit(world, {
    event: "pull_request_review",
    action: told.action,
    repository,
    actor: told.actor,
    payload: {
      // Webhooks carry a review's state in lower case, the API in upper case.
      review: { ...rendered, state: review.state.toLowerCase() },
      pull_request: renderPullSummary(world, pull),
    },
  });
}

/** `pull_request_review_comment`: created. */
export function emitReviewComment(
  world: World,
  comment: ReviewCommentRow,
  told: { readonly action: string; readonly actor: Actor },
): void {
  const pull = world.tables.pulls.must(comment.pullId);
  const repository = world.tables.repositories.must(pull.repositoryId);
  emit(world, {
    event: "pull_request_review_comment",
    action: told.action,
    repository,
    actor: told.actor,
    payload: {
      comment: renderReviewComment(world, comment),
      pull_request: renderPullSummary(world, pull),
    },
  });
}
