import type { EpicView } from "../domain/epic-view.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Task } from "../domain/task.ts";

/**
 * @param target `#15`, by sub-issue or pull request, or `task 2`, by its place in the plan
 */
export function taskNamed(target: string, view: EpicView): Task | Refusal {
  const number = Number(target.replace(/\D/g, ""));
  const task = view.tasks.find((one) =>
    target.startsWith("#")
      ? one.issueNumber === number || one.pullRequest === number
      : one.ordinal === number,
  );
  return (
    task ?? {
      refused: "no-such-task",
      detail: `This epic has no ${target}. Name a task by its sub-issue, as in #15, or by its place in the plan, as in task 2.`,
    }
  );
}
