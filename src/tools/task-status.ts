import { taskOf } from "../domain/decision.ts";
import type { EpicView } from "../domain/epic-view.ts";
import { isRefusal } from "../domain/refusal.ts";
import type { Task } from "../domain/task.ts";
import { defineTool } from "./define-tool.ts";
import { ownTask } from "./own-task.ts";

export const taskStatus = defineTool({
  name: "task_status",
  summary: "Your task: text, acceptance, state, branch, commits, and what to do next.",
  needs: ["worker"],
  sensitive: false,
  input: {},
  handle: (_input, call) => {
    const task = ownTask(call);
    return isRefusal(task) ? task : { kind: "reply", reply: statusOf(call.view, task) };
  },
});

function statusOf(view: EpicView, task: Task): unknown {
  return {
    task: task.ordinal,
    title: task.title,
    description: task.description,
    acceptance: task.acceptance,
    dependsOn: task.dependsOn.map((ordinal) => ({
      task: ordinal,
      title: taskOf(view, ordinal)?.title,
      state: taskOf(view, ordinal)?.state,
    })),
    state: task.state,
    issue: task.issueNumber,
    branch: task.branch,
    base: task.baseSha,
    head: task.headSha,
    submitted: task.submittedSha,
    pullRequest: task.pullRequest,
    next: nextStep(task),
  };
}

function nextStep(task: Task): string {
  if (task.mergeParentSha !== null)
    return "The epic branch was merged into your files: resolve what conflicts, test, git_commit, task_submit.";
  switch (task.state) {
    case "IN_PROGRESS":
      return "Do the task, run its tests, git_commit, then task_submit.";
    case "CHANGES_REQUESTED":
      return "Change what the review in your mail asks for, test, git_commit, task_submit.";
    case "NEEDS_REBASE":
      return "Call git_rebase, resolve what conflicts, test, git_commit, task_submit.";
    case "PENDING":
    case "BLOCKED":
    case "PENDING_REVIEW":
    case "APPROVED":
    case "PUBLISHING":
      return "Nothing for you to do now. End your turn; you get mail when it comes back.";
    case "COMPLETED":
    case "FAILED":
    case "CANCELLED":
      return "The task has ended. End your turn.";
    default:
      return task satisfies never;
  }
}
