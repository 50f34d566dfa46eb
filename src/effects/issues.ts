import type { GitHubEffect } from "../domain/effect.ts";
import type { EffectResult } from "../domain/effect-fact.ts";
import { appendMarker, keepMarker } from "../domain/marker.ts";
import { stateLabel } from "../domain/state-label.ts";
import { neutraliseTitle } from "../text/neutralise-inline.ts";
import { renderTaskIssue } from "../text/render-issue.ts";
import { done, type EffectContext, intentOf, refused, taskIn } from "./context.ts";
import { neverMade, threadNumber } from "./thread-number.ts";

type Of<Kind extends GitHubEffect["kind"]> = Extract<GitHubEffect, { kind: Kind }>;

export async function createTaskIssue(
  effect: Of<"createTaskIssue">,
  context: EffectContext,
): Promise<EffectResult> {
  const { view, github, outboxKey } = context;
  const task = taskIn(context, effect.task);
  if (task.issueNumber !== null) return done();
  const body = renderTaskIssue(view.epic, task, view.tasks);
  const issue = await github.createIssue(
    view.epic.repository,
    {
      title: neutraliseTitle(task.title),
      body: appendMarker(body, outboxKey),
      labels: [stateLabel("PENDING")],
    },
    intentOf(context),
  );
  return done({
    kind: "taskIssueMade",
    task: task.ordinal,
    issueNumber: issue.number,
    issueId: issue.id,
  });
}

export async function linkTaskIssue(
  effect: Of<"linkTaskIssue">,
  context: EffectContext,
): Promise<EffectResult> {
  const { epic } = context.view;
  const { issueId } = taskIn(context, effect.task);
  if (issueId === null) return neverMade({ on: "task", task: effect.task });
  await context.github.addSubIssue(epic.repository, epic.issueNumber, issueId);
  return done();
}

/** Title and body become the task's own; the marker of its making stays. */
export async function editTaskIssue(
  effect: Of<"editTaskIssue">,
  context: EffectContext,
): Promise<EffectResult> {
  const { view, github } = context;
  const task = taskIn(context, effect.task);
  if (task.issueNumber === null) return neverMade({ on: "task", task: effect.task });
  const { repository } = view.epic;
  const now = await github.issue(repository, task.issueNumber);
  if (now === null) return refused(`issue #${task.issueNumber} is gone`);
  const body = renderTaskIssue(view.epic, task, view.tasks);
  await github.updateIssue(repository, task.issueNumber, {
    title: neutraliseTitle(task.title),
    body: keepMarker(body, now.body),
  });
  return done();
}

export async function reopenTaskIssue(
  effect: Of<"reopenTaskIssue">,
  context: EffectContext,
): Promise<EffectResult> {
  const { issueNumber } = taskIn(context, effect.task);
  if (issueNumber === null) return neverMade({ on: "task", task: effect.task });
  await context.github.reopenIssue(context.view.epic.repository, issueNumber);
  return done();
}

export async function addDependency(
  effect: Of<"addDependency">,
  context: EffectContext,
): Promise<EffectResult> {
  const { issueNumber } = taskIn(context, effect.task);
  const blocker = taskIn(context, effect.dependsOn);
  if (issueNumber === null) return neverMade({ on: "task", task: effect.task });
  if (blocker.issueId === null) return neverMade({ on: "task", task: effect.dependsOn });
  await context.github.addBlockedBy(context.view.epic.repository, issueNumber, blocker.issueId);
  return done();
}

export async function setStateLabel(
  effect: Of<"setStateLabel">,
  context: EffectContext,
): Promise<EffectResult> {
  const number = threadNumber(context, effect.thread);
  if (number === null) return neverMade(effect.thread);
  await context.github.setStateLabel(context.view.epic.repository, number, effect.state);
  return done();
}

/** An issue that was never made needs no closing. */
export async function closeTaskIssue(
  effect: Of<"closeTaskIssue">,
  context: EffectContext,
): Promise<EffectResult> {
  const { issueNumber } = taskIn(context, effect.task);
  if (issueNumber === null) return done();
  await context.github.closeIssue(context.view.epic.repository, issueNumber, effect.reason);
  return done();
}

export async function closeEpicIssue(
  effect: Of<"closeEpicIssue">,
  { view, github }: EffectContext,
): Promise<EffectResult> {
  await github.closeIssue(view.epic.repository, view.epic.issueNumber, effect.reason);
  return done();
}
