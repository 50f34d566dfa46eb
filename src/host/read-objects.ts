import { taskOf } from "../domain/decision.ts";
import type { HostOperation } from "../domain/effect.ts";
import type { Decision, EpicView } from "../domain/epic-view.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { HostPorts } from "./host-ports.ts";

/** The reply of an operation, and what it changes; `decide` sees what is true when it is stored. */
export type OperationOutcome =
  | Refusal
  | {
      readonly reply: unknown;
      readonly decide?: (view: EpicView) => Decision | Refusal;
    };

/**
 * What a submission changes on the epic branch as it would land now: what others have landed since,
 * and what a rebase brought into it, is not shown as its own. From objects alone.
 */
export async function readDiff(
  view: EpicView,
  operation: Extract<HostOperation, { kind: "readDiff" }>,
  { git, settings }: HostPorts,
): Promise<OperationOutcome> {
  const { repository, tipSha } = view.epic;
  const task = taskOf(view, operation.task);
  const base = task?.baseSha ?? tipSha;
  if (!task || base === null)
    return { refused: "no-such-task", detail: "There is nothing to compare." };
  const tip = tipSha ?? base;
  const merged = await git.mergeTree(repository, tip, operation.sha);
  // What conflicts cannot be shown as it will land; it goes back to its worker before it does.
  const range =
    merged.kind === "clean" ? { from: tip, to: merged.tree } : { from: base, to: operation.sha };
  const diff = await git.diff(repository, { ...range, maxBytes: settings.maxDiffBytes });
  return { reply: { task: task.ordinal, head: operation.sha, base: range.from, diff } };
}

/** A whole file of a pinned commit. */
export async function readFile(
  view: EpicView,
  operation: Extract<HostOperation, { kind: "readFile" }>,
  { git, settings }: HostPorts,
): Promise<OperationOutcome> {
  const content = await git.readFile(view.epic.repository, {
    sha: operation.sha,
    path: operation.path,
    maxBytes: settings.maxFileBytes,
  });
  if (content === null)
    return {
      refused: "no-such-file",
      detail: `There is no file ${operation.path} in commit ${operation.sha}.`,
    };
  return { reply: { path: operation.path, sha: operation.sha, content } };
}
