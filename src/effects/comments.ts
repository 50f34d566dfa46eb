import type { GitHubEffect } from "../domain/effect.ts";
import type { EffectFact, EffectResult } from "../domain/effect-fact.ts";
import { appendMarker } from "../domain/marker.ts";
import type { Message } from "../domain/message.ts";
import { renderMessage } from "../text/render-message.ts";
import { noCellsBanner } from "../text/say-cells.ts";
import { done, type EffectContext, intentOf } from "./context.ts";
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
    appendMarker(textOf(effect.message, context), context.outboxKey),
    intentOf(context),
  );
  return done(factOf(effect.message, comment.id));
}

/** What people decide on binds to the comment that showed it to them. */
function factOf(message: Message, commentId: number): EffectFact {
  if (message.kind === "approvalWanted")
    return { kind: "approvalShown", id: message.id, commentId };
  if (message.kind === "planForApproval")
    return { kind: "planShown", revision: message.revision, commentId };
  return { kind: "commentMade", commentId };
}

/** An epic's first comment says how its agents are locked in, where they are not. */
function textOf(message: Message, { isWithoutCells = false }: EffectContext): string {
  const isUnsafe = message.kind === "epicStarted" && isWithoutCells;
  return `${isUnsafe ? `${noCellsBanner}\n\n` : ""}${renderMessage(message)}`;
}

export async function react(
  effect: Extract<GitHubEffect, { kind: "react" }>,
  { view, github }: EffectContext,
): Promise<EffectResult> {
  await github.react(view.epic.repository, effect.commentId, effect.reaction);
  return done();
}
