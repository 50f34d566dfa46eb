import type { Thread } from "../domain/effect.ts";
import type { EffectResult } from "../domain/effect-fact.ts";
import { type EffectContext, refused, taskIn } from "./context.ts";

/** The GitHub number of a thread of ours; null while it does not exist. */
export function threadNumber(context: EffectContext, thread: Thread): number | null {
  const { epic } = context.view;
  switch (thread.on) {
    case "epic":
      return epic.issueNumber;
    case "task":
      return taskIn(context, thread.task).issueNumber;
    case "taskPullRequest":
      return taskIn(context, thread.task).pullRequest;
    case "epicPullRequest":
      return epic.pullRequest;
    default:
      return thread satisfies never;
  }
}

/**
 * What comes of an effect on a thread that is not there. A lane is in order: what makes the thread
 * stood before this, so it was refused, or its noun ended first. Waiting would only hold the lane.
 */
export function neverMade(thread: Thread): EffectResult {
  return refused(`${threadName(thread)} was never made`);
}

/** A thread in words. */
function threadName(thread: Thread): string {
  switch (thread.on) {
    case "epic":
      return "the epic's issue";
    case "task":
      return `the issue of task ${thread.task}`;
    case "taskPullRequest":
      return `the pull request of task ${thread.task}`;
    case "epicPullRequest":
      return "the epic's pull request";
    default:
      return thread satisfies never;
  }
}
