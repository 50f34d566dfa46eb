import type { GitHubEffect } from "../domain/effect.ts";
import type { EffectResult } from "../domain/effect-fact.ts";
import { appendMarker } from "../domain/marker.ts";
import { renderMessage } from "../text/render-message.ts";
import { done, type EffectContext, intentOf, taskIn } from "./context.ts";
import { neverMade } from "./thread-number.ts";

/** An App cannot approve its own pull request: this check on the exact head is the verdict. */
const reviewCheckName = "FactoryFactory / review";

export async function review(
  effect: Extract<GitHubEffect, { kind: "review" }>,
  context: EffectContext,
): Promise<EffectResult> {
  const { pullRequest } = taskIn(context, effect.task);
  if (pullRequest === null) return neverMade({ on: "taskPullRequest", task: effect.task });
  const body = appendMarker(renderMessage(effect.message), context.outboxKey);
  await context.github.review(
    context.view.epic.repository,
    pullRequest,
    { sha: effect.sha, body },
    intentOf(context),
  );
  return done();
}

export async function publishVerdict(
  effect: Extract<GitHubEffect, { kind: "publishVerdict" }>,
  { view, github, outboxKey }: EffectContext,
): Promise<EffectResult> {
  await github.publishCheck(view.epic.repository, {
    name: reviewCheckName,
    sha: effect.sha,
    externalId: outboxKey,
    conclusion: effect.conclusion,
    title: effect.conclusion === "success" ? "Approved" : "Changes requested",
    summary: renderMessage(effect.message),
  });
  return done();
}
