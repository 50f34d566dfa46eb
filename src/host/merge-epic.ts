import { mayCommit, recordMergeParent } from "../domain/decide-task.ts";
import type { HostOperation } from "../domain/effect.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { StoredCall } from "../ports/agents.ts";
import type { MergeResult } from "../ports/git.ts";
import { type HostPorts, worktreeKey } from "./host-ports.ts";
import type { OperationOutcome } from "./read-objects.ts";

/**
 * Brings the epic branch into a worker's files, conflict markers included. The merge is made in
 * memory and checked out by a cell; the next commit joins both histories.
 */
export async function mergeEpicInto(
  view: EpicView,
  operation: Extract<HostOperation, { kind: "rebase" }>,
  _call: StoredCall,
  { git, sandbox, settings }: HostPorts,
): Promise<OperationOutcome> {
  const task = mayCommit(view, operation.task);
  if ("refused" in task) return task;
  const { repository, branch } = view.epic;
  const head = task.headSha ?? task.baseSha;
  if (head === null) return { refused: "not-started", detail: "This task has no branch yet." };
  const worktree = git.worktree(repository, worktreeKey(view, task.ordinal));
  const { maxPackBytes } = settings;
  const { tree } = await sandbox.stage(worktree, head, { maxPackBytes });
  const isClean = tree === (await git.treeOf(repository, head));
  await git.fetch(repository);
  const tip = (await git.remoteTip(repository, branch)) ?? view.epic.tipSha;
  if (tip === null || (await git.isAncestor(repository, tip, head)))
    return isClean ? upToDate : uncommitted;
  const merged = await git.mergeTree(repository, head, tip);
  // A call cut off after its checkout is performed again: what it wrote is no work of the agent's.
  if (!isClean && tree !== merged.tree) return uncommitted;
  if (isClean) await sandbox.checkout(worktree, merged.tree);
  return {
    reply: replyOf(merged, tip),
    decide: (now) => recordMergeParent(now, task.ordinal, tip),
  };
}

const uncommitted: Refusal = {
  refused: "uncommitted",
  detail: "You have uncommitted changes: call git_commit first.",
};

const upToDate: OperationOutcome = {
  reply: { upToDate: true, next: "Nothing to do: your branch holds the epic's newest state." },
};

function replyOf(merged: MergeResult, tip: string) {
  const conflicts = merged.kind === "conflict" ? merged.files : [];
  const next =
    conflicts.length > 0
      ? "Resolve the conflict markers in these files, run the tests, then git_commit and task_submit."
      : "Merged without conflict. Run the tests, then git_commit and task_submit.";
  return { merged: tip, conflicts, next };
}
