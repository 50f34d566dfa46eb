import { noSuchTask, taskOf } from "../domain/decision.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Task } from "../domain/task.ts";
import type { ToolCall } from "./define-tool.ts";

/** The one task a worker may act on: its token's. */
export function ownTask({ life, view }: ToolCall): Task | Refusal {
  if (life.task === null)
    return { refused: "no-task", detail: "You have no task of your own: this tool is a worker's." };
  return taskOf(view, life.task) ?? noSuchTask(view, life.task);
}
