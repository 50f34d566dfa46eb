import { retryTask } from "../domain/decide-retry.ts";
import { decided, defineTool } from "./define-tool.ts";
import { taskNumber, text } from "./tool-input.ts";

export const epicRetryTask = defineTool({
  name: "epic_retry_task",
  summary:
    "Begin a FAILED task again, at most twice: same worker, same conversation, from its last commit. Only with something new for it to go on; otherwise create a better task.",
  needs: ["supervisor"],
  sensitive: false,
  input: {
    task: taskNumber,
    context: text(8000).describe("For the worker: why it failed and what to do differently"),
  },
  handle: ({ task, context }, { view }) =>
    decided(retryTask(view, task, context), () => ({
      task,
      state: "PENDING",
      next: "It starts by itself. Mail tells you when it is submitted.",
    })),
});
