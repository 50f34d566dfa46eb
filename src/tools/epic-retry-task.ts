import { retryOrAsk } from "../domain/decide-retry.ts";
import { decided, defineTool } from "./define-tool.ts";
import { taskNumber, text } from "./tool-input.ts";

export const epicRetryTask = defineTool({
  name: "epic_retry_task",
  summary:
    "Begin a FAILED task again: same worker and conversation, from its last commit; after a few times the orchestrator decides. Only with something new for it to go on; otherwise create a better task.",
  needs: ["supervisor"],
  sensitive: false,
  input: {
    task: taskNumber,
    context: text(8000).describe("For the worker: why it failed and what to do differently"),
  },
  handle: ({ task, context }, { view, maxTaskRetries }) =>
    decided(retryOrAsk(view, task, context, maxTaskRetries), ({ questions }) =>
      questions
        ? {
            task,
            state: "FAILED",
            next: "It was begun again as often as you may: the orchestrator decides. End your turn; the decision is mail.",
          }
        : {
            task,
            state: "PENDING",
            next: "It starts by itself. Mail tells you when it is submitted.",
          },
    ),
});
