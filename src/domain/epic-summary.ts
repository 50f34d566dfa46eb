import type { EpicSummary } from "./message.ts";
import type { Task } from "./task.ts";

/** What became of every task, for the last word on an epic. */
export function summaryOf(tasks: readonly Task[]): EpicSummary {
  return {
    tasks: tasks.map((task) => ({
      issueNumber: task.issueNumber,
      titleText: task.title,
      state: task.state,
      pullRequest: task.pullRequest,
      mergeSha: task.state === "COMPLETED" ? task.mergeSha : null,
    })),
  };
}
