import { agentName } from "../domain/agent.ts";
import { mayCommit, recordCommit } from "../domain/decide-task.ts";
import type { HostOperation } from "../domain/effect.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { Task } from "../domain/task.ts";
import type { StoredCall } from "../ports/agents.ts";
import type { TreeProblem } from "../ports/git.ts";
import { neutraliseCommitMessage } from "../text/neutralise-commit.ts";
import { type HostPorts, worktreeKey } from "./host-ports.ts";
import type { OperationOutcome } from "./read-objects.ts";

type Commit = Extract<HostOperation, { kind: "commit" }>;

/**
 * Makes a commit of a worktree's files: a cell stages and hands over objects, the host checks them
 * and writes history. The date is the call's, so that a repetition makes the same commit.
 */
export async function commitWork(
  view: EpicView,
  operation: Commit,
  call: StoredCall,
  ports: HostPorts,
): Promise<OperationOutcome> {
  const task = mayCommit(view, operation.task);
  if ("refused" in task) return task;
  const parent = task.headSha ?? task.baseSha;
  if (parent === null || task.branch === null)
    return { refused: "not-started", detail: "This task has no branch yet." };
  const staged = await stagedTree(view, task, parent, ports);
  if ("refused" in staged) return staged;
  const sha = await ports.git.commitTree(view.epic.repository, {
    tree: staged.tree,
    parents: task.mergeParentSha === null ? [parent] : [parent, task.mergeParentSha],
    message: messageOf(view, task, operation, { call, signOff: ports.settings.signOff }),
    at: call.startedAt,
  });
  await ports.git.setRef(view.epic.repository, `refs/heads/${task.branch}`, sha);
  return {
    reply: { commit: sha, next: "Commit again after further changes, or call task_submit." },
    decide: (now) => recordCommit(now, task.ordinal, sha),
  };
}

async function stagedTree(
  view: EpicView,
  task: Task,
  parent: string,
  { git, sandbox, settings }: HostPorts,
): Promise<{ readonly tree: string } | { readonly refused: string; readonly detail: string }> {
  const { repository } = view.epic;
  const worktree = git.worktree(repository, worktreeKey(view, task.ordinal));
  const { maxPackBytes } = settings;
  const { tree, pack } = await sandbox.stage(worktree, parent, { maxPackBytes });
  const before = await git.treeOf(repository, parent);
  if (tree === before && task.mergeParentSha === null)
    return { refused: "nothing-changed", detail: "No file differs from your last commit." };
  await git.receivePack(repository, pack);
  const against = task.mergeParentSha ?? parent;
  const problems = await git.problemsOf(repository, tree, await git.treeOf(repository, against));
  if (problems.length > 0) return { refused: "tree-refused", detail: explain(problems) };
  return { tree };
}

const explanations: Readonly<Record<TreeProblem["problem"], string>> = {
  symlinkOutside: "is a symbolic link that leaves the repository",
  submodule: "is a submodule, which agents may not add or change",
  tooLarge: "is larger than one file may be",
  tooMany: "is one of too many changed files",
  protected: "is protected: a human has to change it",
  badName: "has a name that is not safe to check out",
};

function explain(problems: readonly TreeProblem[]): string {
  const shown = problems
    .slice(0, 20)
    .map(({ path, problem }) => `${path} ${explanations[problem]}`);
  return `Nothing was committed. ${shown.join("; ")}. Undo these changes and call git_commit again.`;
}

/** Trailers tell who did it (L9c). A message cannot bring trailers of its own: lines are kept apart. */
function messageOf(
  view: EpicView,
  task: Task,
  operation: Commit,
  { call, signOff }: { readonly call: StoredCall; readonly signOff: string | null },
): string {
  const { epic } = view;
  const worker = agentName("worker", task.issueNumber ?? task.ordinal);
  const model = view.agents.find((agent) => agent.task === task.ordinal)?.model ?? "unknown";
  const trailers = [
    `FactoryFactory-Epic: #${epic.issueNumber}`,
    `FactoryFactory-Task: #${task.issueNumber ?? task.ordinal}`,
    `FactoryFactory-Life: ${worker}.${call.life}`,
    `FactoryFactory-Model: ${model}`,
    ...(signOff === null ? [] : [`Signed-off-by: ${signOff}`]),
  ];
  return `${neutraliseCommitMessage(operation.message)}\n\n${trailers.join("\n")}\n`;
}
