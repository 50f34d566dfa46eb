import { editTask } from "../domain/decide-edit.ts";
import { decided, defineTool } from "./define-tool.ts";
import { acceptance, description, taskNumber, title } from "./tool-input.ts";

export const epicEditTask = defineTool({
  name: "epic_edit_task",
  summary:
    "Change the text of a task that is not submitted; null keeps a part. Its worker gets the difference as mail, its sub-issue the new text. For a small hint write mail instead.",
  needs: ["supervisor"],
  sensitive: false,
  input: {
    task: taskNumber,
    title: title.nullable().default(null),
    description: description.nullable().default(null),
    acceptance: acceptance.nullable().default(null),
  },
  handle: ({ task, ...edit }, { life, view }) =>
    decided(editTask(view, task, edit, { kind: "agent", agent: life.agent }), ({ mail = [] }) => ({
      task,
      edited: true,
      worker: mail.length > 0 ? "was told the difference" : "has not started",
    })),
});
