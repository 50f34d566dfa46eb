import type { GitHubEffect } from "../domain/effect.ts";
import type { EffectResult } from "../domain/effect-fact.ts";
import { epicHasEnded } from "../domain/epic.ts";
import { taskHasEnded } from "../domain/task.ts";
import { done, type EffectContext, notYet, refused, taskIn } from "./context.ts";

/** Starts the epic's branch at the base branch's tip, or takes over what an earlier try made. */
export async function createEpicBranch(
  _effect: Extract<GitHubEffect, { kind: "createEpicBranch" }>,
  context: EffectContext,
): Promise<EffectResult> {
  const { git } = context;
  const { repository, branch, baseBranch, tipSha } = context.view.epic;
  if (tipSha !== null) return done();
  const base = await git.remoteTip(repository, baseBranch);
  if (base === null) return refused(`the base branch \`${baseBranch}\` does not exist`);
  const existing = await git.remoteTip(repository, branch);
  await git.fetch(repository);
  if (existing === null || (await git.isAncestor(repository, existing, base))) {
    const isThere = await push(context, { branch, sha: base, expected: existing });
    return isThere ? begun(base, base) : notYet(`someone pushed to \`${branch}\` meanwhile`);
  }
  const wasTried = context.triedSince !== null;
  if (wasTried && (await git.isAncestor(repository, base, existing))) return begun(base, existing);
  return refused(`\`${branch}\` exists and holds commits that are not on \`${baseBranch}\``);
}

function begun(baseSha: string, tipSha: string): EffectResult {
  return done({ kind: "epicBranchMade", baseSha, tipSha });
}

/** Brings a commit to the task's branch without ever taking anyone's commit off it. */
export async function pushTaskBranch(
  effect: Extract<GitHubEffect, { kind: "pushTaskBranch" }>,
  context: EffectContext,
): Promise<EffectResult> {
  const { git } = context;
  const { repository } = context.view.epic;
  const { branch } = taskIn(context, effect.task);
  const { sha } = effect;
  if (branch === null) return notYet(`task ${effect.task} has no branch yet`);
  const pushed = done({ kind: "taskBranchPushed", task: effect.task, sha });
  const tip = await git.remoteTip(repository, branch);
  if (tip === sha) return pushed;
  if (tip !== null) {
    await git.fetch(repository);
    if (await git.isAncestor(repository, sha, tip)) return pushed;
    if (!(await git.isAncestor(repository, tip, sha))) {
      return refused(`\`${branch}\` has commits on GitHub that ${sha} does not build on`);
    }
  }
  const isOnGitHub = await push(context, { branch, sha, expected: tip });
  return isOnGitHub ? pushed : notYet(`someone pushed to \`${branch}\` at the same moment`);
}

/** Deletes a task's branch unless that would lose commits that are nowhere else. */
export async function deleteTaskBranch(
  effect: Extract<GitHubEffect, { kind: "deleteTaskBranch" }>,
  context: EffectContext,
): Promise<EffectResult> {
  const { epic } = context.view;
  const task = taskIn(context, effect.task);
  if (task.branch === null) return done();
  if (!task.branch.startsWith("ff/task-")) return refused(`\`${task.branch}\` is not ours`);
  const tip = await context.git.remoteTip(epic.repository, task.branch);
  if (tip === null) return done();
  const isKnown = taskHasEnded(task) && (tip === task.headSha || tip === task.submittedSha);
  if (!isKnown && !(await isContained(context, { sha: tip, branch: epic.branch }))) {
    return refused(`\`${task.branch}\` holds commits that are not on \`${epic.branch}\``);
  }
  await context.github.deleteBranch(epic.repository, task.branch);
  return done();
}

/**
 * Deletes an ended epic's branch unless something on it was not merged: what landed while a person
 * was merging is nowhere else. Pull requests of ours into it are closed first: GitHub would
 * point them at the base branch instead.
 */
export async function deleteEpicBranch(
  _effect: Extract<GitHubEffect, { kind: "deleteEpicBranch" }>,
  context: EffectContext,
): Promise<EffectResult> {
  const { epic, tasks } = context.view;
  const base = epic.baseBranch;
  if (!epicHasEnded(epic)) return refused("the epic has not ended");
  if (!epic.branch.startsWith("ff/epic-")) return refused(`\`${epic.branch}\` is not ours`);
  const tip = await context.git.remoteTip(epic.repository, epic.branch);
  if (tip === null) return done();
  if (tasks.some(({ state }) => state === "PUBLISHING"))
    return notYet(`a task is being published to \`${epic.branch}\``);
  if (!(await isMerged(context, tip)) && !(await isContained(context, { sha: tip, branch: base })))
    return refused(`\`${epic.branch}\` holds commits that are not on \`${base}\`, so it was left`);
  for (const { pullRequest } of tasks) {
    if (pullRequest !== null) await context.github.closePullRequest(epic.repository, pullRequest);
  }
  await context.github.deleteBranch(epic.repository, epic.branch);
  return done();
}

/** A squash leaves none of the branch's commits on the base: then its pull request is the witness. */
async function isMerged({ github, view }: EffectContext, tip: string): Promise<boolean> {
  const { repository, pullRequest } = view.epic;
  if (pullRequest === null) return false;
  const pull = await github.pullRequest(repository, pullRequest);
  return pull?.merged === true && pull.headSha === tip;
}

async function push(
  { git, view }: EffectContext,
  request: { readonly branch: string; readonly sha: string; readonly expected: string | null },
): Promise<boolean> {
  const { branch, sha, expected } = request;
  const ref = `refs/heads/${branch}`;
  return (await git.push(view.epic.repository, { sha, ref, expected })) === "pushed";
}

async function isContained(
  { git, view }: EffectContext,
  { sha, branch }: { readonly sha: string; readonly branch: string },
): Promise<boolean> {
  const { repository } = view.epic;
  const tip = await git.remoteTip(repository, branch);
  if (tip === null) return false;
  await git.fetch(repository);
  return git.isAncestor(repository, sha, tip);
}
