import { blockTask } from "../domain/decide-question.ts";
import { decided, defineTool } from "./define-tool.ts";
import { context, questions, taskNumber, text } from "./tool-input.ts";

export const epicBlockTask = defineTool({
  name: "epic_block_task",
  summary:
    "Hold one PENDING or IN_PROGRESS task and ask people what it needs; the others go on. Not for what you can answer yourself. With their answer call epic_unblock_task.",
  needs: ["supervisor"],
  sensitive: false,
  input: {
    task: taskNumber,
    reason: text(1000).describe("For its worker: what has to be decided first"),
    questions,
    context,
  },
  handle: ({ task, reason, ...asked }, { view, name }) =>
    decided(
      blockTask(view, task, reason, { ...asked, context: asked.context ?? "", agent: name }),
      () => ({
        task,
        state: "BLOCKED",
        next: "The answer is mail; then call epic_unblock_task. Go on with the rest, or end your turn.",
      }),
    ),
});
