import { submitTask } from "../domain/decide-task.ts";
import { isRefusal } from "../domain/refusal.ts";
import { decided, defineTool } from "./define-tool.ts";
import { ownTask } from "./own-task.ts";
import { text } from "./tool-input.ts";

export const taskSubmit = defineTool({
  name: "task_submit",
  summary:
    "Hand your last commit to review. Call after git_commit, with the tests run. Then end your turn: mail tells you what came of it.",
  needs: ["worker"],
  sensitive: false,
  input: { summary: text(8000).describe("What you did and how you checked it, Markdown") },
  handle: ({ summary }, call) => {
    const task = ownTask(call);
    if (isRefusal(task)) return task;
    return decided(submitTask(call.view, task.ordinal, summary), ({ tasks = [] }) => ({
      state: "PENDING_REVIEW",
      head: tasks[0]?.submittedSha,
      next: "End your turn; you get mail when it comes back or has landed.",
    }));
  },
});
