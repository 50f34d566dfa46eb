import type { GitHubEffect } from "../domain/effect.ts";
import type { EffectResult } from "../domain/effect-fact.ts";
import {
  createEpicBranch,
  deleteEpicBranch,
  deleteTaskBranch,
  pushTaskBranch,
} from "./branches.ts";
import { publishVerdict, review } from "./checks.ts";
import { react, say } from "./comments.ts";
import type { EffectContext } from "./context.ts";
import {
  addDependency,
  closeEpicIssue,
  closeTaskIssue,
  createTaskIssue,
  editTaskIssue,
  linkTaskIssue,
  reopenTaskIssue,
  setStateLabel,
} from "./issues.ts";
import {
  closeEpicPullRequest,
  closeTaskPullRequest,
  markEpicPullRequestReady,
  openEpicPullRequest,
  openTaskPullRequest,
  settleTaskPullRequest,
} from "./pull-requests.ts";

/**
 * Does one thing on GitHub. Safe to repeat: whatever an earlier try did is found and kept.
 *
 * @returns what was learnt, to be stored with the effect's completion in one transaction
 * @throws {PortError} of `github` or `git`: weather when retryable, else a verdict
 */
export function performGitHubEffect(
  effect: GitHubEffect,
  context: EffectContext,
): Promise<EffectResult> {
  switch (effect.kind) {
    case "createEpicBranch":
      return createEpicBranch(effect, context);
    case "createTaskIssue":
      return createTaskIssue(effect, context);
    case "linkTaskIssue":
      return linkTaskIssue(effect, context);
    case "editTaskIssue":
      return editTaskIssue(effect, context);
    case "reopenTaskIssue":
      return reopenTaskIssue(effect, context);
    case "addDependency":
      return addDependency(effect, context);
    case "say":
      return say(effect, context);
    case "react":
      return react(effect, context);
    case "setStateLabel":
      return setStateLabel(effect, context);
    case "pushTaskBranch":
      return pushTaskBranch(effect, context);
    case "openTaskPullRequest":
      return openTaskPullRequest(effect, context);
    case "review":
      return review(effect, context);
    case "publishVerdict":
      return publishVerdict(effect, context);
    case "closeTaskIssue":
      return closeTaskIssue(effect, context);
    case "settleTaskPullRequest":
      return settleTaskPullRequest(effect, context);
    case "closeTaskPullRequest":
      return closeTaskPullRequest(effect, context);
    case "openEpicPullRequest":
      return openEpicPullRequest(effect, context);
    case "markEpicPullRequestReady":
      return markEpicPullRequestReady(effect, context);
    case "closeEpicPullRequest":
      return closeEpicPullRequest(effect, context);
    case "closeEpicIssue":
      return closeEpicIssue(effect, context);
    case "deleteTaskBranch":
      return deleteTaskBranch(effect, context);
    case "deleteEpicBranch":
      return deleteEpicBranch(effect, context);
    default:
      return effect satisfies never;
  }
}

const listed: Readonly<Record<GitHubEffect["kind"], null>> = {
  createEpicBranch: null,
  createTaskIssue: null,
  linkTaskIssue: null,
  editTaskIssue: null,
  reopenTaskIssue: null,
  addDependency: null,
  say: null,
  react: null,
  setStateLabel: null,
  pushTaskBranch: null,
  openTaskPullRequest: null,
  review: null,
  publishVerdict: null,
  closeTaskIssue: null,
  settleTaskPullRequest: null,
  closeTaskPullRequest: null,
  openEpicPullRequest: null,
  markEpicPullRequestReady: null,
  closeEpicPullRequest: null,
  closeEpicIssue: null,
  deleteTaskBranch: null,
  deleteEpicBranch: null,
};

/** Every kind of effect on GitHub: what the crash suite goes through. */
// `Object.keys` forgets the keys it returns; the type of `listed` says that they are all kinds.
export const gitHubEffectKinds = Object.keys(listed) as readonly GitHubEffect["kind"][];
