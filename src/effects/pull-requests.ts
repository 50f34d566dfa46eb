import type { GitHubEffect } from "../domain/effect.ts";
import type { EffectResult } from "../domain/effect-fact.ts";
import { appendMarker } from "../domain/marker.ts";
import { taskHasEnded } from "../domain/task.ts";
import { neutraliseTitle } from "../text/neutralise-inline.ts";
import { renderMessage } from "../text/render-message.ts";
import { renderEpicPullRequest, renderTaskPullRequest } from "../text/render-pull-request.ts";
import { done, type EffectContext, intentOf, notYet, refused, taskIn } from "./context.ts";
import { neverMade } from "./thread-number.ts";

type Of<Kind extends GitHubEffect["kind"]> = Extract<GitHubEffect, { kind: Kind }>;

export async function openTaskPullRequest(
  effect: Of<"openTaskPullRequest">,
  context: EffectContext,
): Promise<EffectResult> {
  const { epic } = context.view;
  const task = taskIn(context, effect.task);
  if (task.pullRequest !== null) return done();
  if (task.branch === null || epic.tipSha === null) {
    const reason = `the branches of task ${effect.task} do not exist yet`;
    return taskHasEnded(task) ? refused(`${reason}, and it has ended`) : notYet(reason);
  }
  const { number } = await context.github.openPullRequest(epic.repository, {
    title: neutraliseTitle(task.title),
    body: appendMarker(renderTaskPullRequest(epic, task), context.outboxKey),
    head: task.branch,
    base: epic.branch,
    draft: false,
  });
  return done({ kind: "taskPullRequestOpened", task: task.ordinal, number });
}

/**
 * Waits until GitHub marks a landed pull request merged; after the limit closes it with a note
 * that names the commit (Q12).
 */
export async function settleTaskPullRequest(
  effect: Of<"settleTaskPullRequest">,
  context: EffectContext,
): Promise<EffectResult> {
  const { view, github } = context;
  const { pullRequest } = taskIn(context, effect.task);
  if (pullRequest === null) return done();
  const { repository, branch } = view.epic;
  const now = await github.pullRequest(repository, pullRequest);
  if (now === null || now.state === "closed") return done();
  if (waitedMs(context) < context.limits.settleAfterMs) {
    return notYet(`GitHub has not marked pull request #${pullRequest} merged yet`);
  }
  const { mergeSha } = effect;
  const note = renderMessage({ kind: "closedAsLanded", mergeSha, branch });
  const body = appendMarker(note, context.outboxKey);
  await github.createComment(repository, pullRequest, body, intentOf(context));
  await github.closePullRequest(repository, pullRequest);
  return done();
}

/** A pull request that was never opened needs no closing. */
export async function closeTaskPullRequest(
  effect: Of<"closeTaskPullRequest">,
  context: EffectContext,
): Promise<EffectResult> {
  const { pullRequest } = taskIn(context, effect.task);
  if (pullRequest === null) return done();
  await context.github.closePullRequest(context.view.epic.repository, pullRequest);
  return done();
}

export async function openEpicPullRequest(
  _effect: Of<"openEpicPullRequest">,
  context: EffectContext,
): Promise<EffectResult> {
  const { view, github } = context;
  const { epic, tasks } = view;
  if (epic.pullRequest !== null) return done();
  const { number } = await github.openPullRequest(epic.repository, {
    title: neutraliseTitle(epic.title),
    body: appendMarker(renderEpicPullRequest(epic, tasks), epicPullRequestKey(epic.id)),
    head: epic.branch,
    base: epic.baseBranch,
    draft: true,
  });
  const opened = await github.pullRequest(epic.repository, number);
  return done({ kind: "epicPullRequestOpened", number, draft: opened?.draft ?? true });
}

/** The epic pull request's body is edited in place: its marker stays the same for its whole life. */
export function epicPullRequestKey(epicId: number): string {
  return `epic-pull-request/${epicId}`;
}

export async function markEpicPullRequestReady(
  _effect: Of<"markEpicPullRequestReady">,
  { view, github }: EffectContext,
): Promise<EffectResult> {
  const { repository, pullRequest } = view.epic;
  if (pullRequest === null) return neverMade({ on: "epicPullRequest" });
  await github.markReadyForReview(repository, pullRequest);
  return done({ kind: "epicPullRequestReady" });
}

/** Since the first try; a first try has waited for nothing. */
function waitedMs({ triedSince, now }: EffectContext): number {
  return triedSince === null ? 0 : new Date(now).getTime() - new Date(triedSince).getTime();
}

/** A pull request that was never opened needs no closing. */
export async function closeEpicPullRequest(
  _effect: Of<"closeEpicPullRequest">,
  { view, github }: EffectContext,
): Promise<EffectResult> {
  const { repository, pullRequest } = view.epic;
  if (pullRequest !== null) await github.closePullRequest(repository, pullRequest);
  return done();
}
