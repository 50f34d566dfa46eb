import { cancelTask } from "../domain/decide-task.ts";
import { decided, defineTool } from "./define-tool.ts";
import { taskNumber, text } from "./tool-input.ts";

export const epicCancelTask = defineTool({
  name: "epic_cancel_task",
  summary: "Drop a task for good: its worker stops, its pull request and sub-issue are closed.",
  needs: ["supervisor"],
  sensitive: true,
  input: { task: taskNumber, reason: text(2000).describe("Shown on the sub-issue") },
  handle: ({ task, reason }, { view }) =>
    decided(cancelTask(view, task, reason), () => ({ task, state: "CANCELLED" })),
});
