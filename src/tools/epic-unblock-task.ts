import { unblockTask } from "../domain/decide-question.ts";
import { decided, defineTool } from "./define-tool.ts";
import { taskNumber, text } from "./tool-input.ts";

export const epicUnblockTask = defineTool({
  name: "epic_unblock_task",
  summary:
    "Let a BLOCKED task go on, with what was decided: its worker gets it as mail. Where the task's text is wrong now, call epic_edit_task first.",
  needs: ["supervisor"],
  sensitive: false,
  input: { task: taskNumber, answer: text(8000).describe("What was decided, for the worker") },
  handle: ({ task, answer }, { view }) =>
    decided(unblockTask(view, task, answer), ({ tasks = [] }) => ({
      task,
      state: tasks[0]?.state,
    })),
});
