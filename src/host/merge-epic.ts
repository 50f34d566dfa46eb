import { mayCommit, recordMergeParent } from "../domain/decide-task.ts";
import type { HostOperation } from "../domain/effect.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { StoredCall } from "../ports/agents.ts";
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
  if (tree !== (await git.treeOf(repository, head)))
    return {
      refused: "uncommitted",
      detail: "You have uncommitted changes: call git_commit first.",
    };
  await git.fetch(repository);
  const tip = (await git.remoteTip(repository, branch)) ?? view.epic.tipSha;
  if (tip === null || (await git.isAncestor(repository, tip, head)))
    return {
      reply: { upToDate: true, next: "Nothing to do: your branch holds the epic's newest state." },
    };
  const merged = await git.mergeTree(repository, head, tip);
  await sandbox.checkout(worktree, merged.tree);
  const conflicts = merged.kind === "conflict" ? merged.files : [];
  return {
    reply: {
      merged: tip,
      conflicts,
      next:
        conflicts.length > 0
          ? "Resolve the conflict markers in these files, run the tests, then git_commit and task_submit."
          : "Merged without conflict. Run the tests, then git_commit and task_submit.",
    },
    decide: (now) => recordMergeParent(now, task.ordinal, tip),
  };
}
