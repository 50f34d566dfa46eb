import type { GitHubEffect } from "../domain/effect.ts";
import type { EffectResult } from "../domain/effect-fact.ts";
import { renderMessage } from "../text/render-message.ts";
import { done, type EffectContext, intentOf } from "./context.ts";
import { appendMarker } from "./marker.ts";
import { neverMade, threadNumber } from "./thread-number.ts";

export async function say(
  effect: Extract<GitHubEffect, { kind: "say" }>,
  context: EffectContext,
): Promise<EffectResult> {
  const number = threadNumber(context, effect.thread);
  if (number === null) return neverMade(effect.thread);
  const comment = await context.github.createComment(
    context.view.epic.repository,
    number,
    appendMarker(renderMessage(effect.message), context.outboxKey),
    intentOf(context),
  );
  return done({ kind: "commentMade", commentId: comment.id });
}

export async function react(
  effect: Extract<GitHubEffect, { kind: "react" }>,
  { view, github }: EffectContext,
): Promise<EffectResult> {
  await github.react(view.epic.repository, effect.commentId, effect.reaction);
  return done();
}
