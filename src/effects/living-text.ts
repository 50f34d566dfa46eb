// Texts that are edited in place. They are in no lane: whoever sends one sends what is true now.
import type { EffectResult } from "../domain/effect-fact.ts";
import type { RepositoryRef } from "../domain/epic.ts";
import { appendMarker, markerOf } from "../domain/marker.ts";
import type { GitHub } from "../ports/git-hub.ts";
import { done } from "./context.ts";
import { epicPullRequestKey } from "./pull-requests.ts";

export type LivingText =
  /** The status comment on the epic's issue; `commentId` is null until it was made once. */
  | { readonly kind: "status"; readonly issueNumber: number; readonly commentId: number | null }
  /** The body of the epic's pull request. */
  | { readonly kind: "epicPullRequest"; readonly number: number };

export type LivingTextContext = {
  readonly epicId: number;
  readonly repository: RepositoryRef;
  /** When the text that was never confirmed was first tried (ISO 8601); null on the first try. */
  readonly triedSince: string | null;
  readonly github: GitHub;
};

/**
 * Brings a living text to GitHub, with the marker by which a repetition finds it.
 *
 * @param rendered Markdown that went through the neutralising renderer
 * @returns `statusCommentMade` among the facts whenever the comment's id is new
 */
export async function performLivingText(
  text: LivingText,
  rendered: string,
  context: LivingTextContext,
): Promise<EffectResult> {
  switch (text.kind) {
    case "status":
      return performStatus(text, rendered, context);
    case "epicPullRequest": {
      const body = appendMarker(rendered, epicPullRequestKey(context.epicId));
      await context.github.updatePullRequest(context.repository, text.number, { body });
      return done();
    }
    default:
      return text satisfies never;
  }
}

async function performStatus(
  { issueNumber, commentId }: Extract<LivingText, { kind: "status" }>,
  rendered: string,
  { epicId, repository, triedSince, github }: LivingTextContext,
): Promise<EffectResult> {
  const key = `status/${epicId}`;
  const body = appendMarker(rendered, key);
  if (commentId !== null && (await github.updateComment(repository, commentId, body))) {
    return done();
  }
  // After a deletion nobody knows when the new one was first tried: look at the whole thread.
  const since = commentId === null ? triedSince : new Date(0).toISOString();
  const intent = { marker: markerOf(key), triedSince: since };
  const made = await github.createComment(repository, issueNumber, body, intent);
  // One that an earlier try made carries that try's text.
  if (since !== null) await github.updateComment(repository, made.id, body);
  await github.pinComment(repository, made.id);
  return done({ kind: "statusCommentMade", commentId: made.id });
}
