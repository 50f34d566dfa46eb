import { workerKey } from "../domain/agent.ts";
import { agentOf } from "../domain/decision.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { Task } from "../domain/task.ts";

/** What a list shows of a task: enough to choose the next call. */
export function taskLine(view: EpicView, task: Task): object {
  return {
    task: task.ordinal,
    title: task.title,
    state: task.state,
    ...("reason" in task ? { reason: task.reason } : {}),
    dependsOn: task.dependsOn,
    issue: task.issueNumber,
    pullRequest: task.pullRequest,
    head: task.submittedSha ?? task.headSha,
    worker: agentOf(view, workerKey(task.ordinal))?.state ?? null,
  };
}

/** All there is to know of one task, before it is edited or after a long time. */
export function taskText(view: EpicView, task: Task): object {
  const { description, acceptance, summary, attempts } = task;
  return { ...taskLine(view, task), description, acceptance, summary, attempts };
}
