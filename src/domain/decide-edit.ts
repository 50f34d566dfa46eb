import { agentHasEnded, workerKey } from "./agent.ts";
import { planIsShown } from "./decide-plan.ts";
import { agentOf, noSuchTask, taskOf } from "./decision.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { NewMail, Sender } from "./mail.ts";
import type { Refusal } from "./refusal.ts";
import type { Task } from "./task.ts";
import { textDifference } from "./text-difference.ts";

/** The parts of a task's text that change; null for those that stay. */
export type TaskEdit = {
  readonly title: string | null;
  readonly description: string | null;
  readonly acceptance: readonly string[] | null;
};

const editable = ["PENDING", "BLOCKED", "IN_PROGRESS", "CHANGES_REQUESTED", "NEEDS_REBASE"];

/** Changes a task's text; its worker gets the difference, and its sub-issue the new text (L6). */
export function editTask(
  view: EpicView,
  ordinal: number,
  edit: TaskEdit,
  from: Sender,
): Decision | Refusal {
  const task = taskOf(view, ordinal);
  if (!task) return noSuchTask(view, ordinal);
  const shown = planIsShown(view);
  if (shown) return shown;
  if (!editable.includes(task.state))
    return {
      refused: "wrong-state",
      detail: `Task ${ordinal} is ${task.state}: its text counts no more. Send a submission back with epic_request_changes, or create another task.`,
    };
  const next: Task = {
    ...task,
    title: edit.title ?? task.title,
    description: edit.description ?? task.description,
    acceptance: edit.acceptance ?? task.acceptance,
  };
  const difference = differenceOf(task, next);
  if (difference === "")
    return { refused: "unchanged", detail: `Task ${ordinal} says exactly that already.` };
  return {
    tasks: [next],
    mail: toldWorker(view, ordinal, difference, from),
    effects: task.issueAsked ? [{ kind: "editTaskIssue", task: ordinal }] : [],
  };
}

function toldWorker(
  view: EpicView,
  ordinal: number,
  difference: string,
  from: Sender,
): readonly NewMail[] {
  const to = workerKey(ordinal);
  const worker = agentOf(view, to);
  if (!worker || agentHasEnded(worker)) return [];
  const body = `What changed ("- " went, "+ " came):\n\n${difference}\n\ntask_status shows the whole text.`;
  return [{ to, from, subject: "Your task was edited", body }];
}

function differenceOf(before: Task, after: Task): string {
  const parts = [
    ["Title", before.title, after.title],
    ["Description", before.description, after.description],
    ["Done when", before.acceptance.join("\n"), after.acceptance.join("\n")],
  ] as const;
  return parts
    .map(([name, old, now]) => [name, textDifference(old, now)] as const)
    .filter(([, difference]) => difference !== "")
    .map(([name, difference]) => `${name}:\n${difference}`)
    .join("\n\n");
}
