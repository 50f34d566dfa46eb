import { noSuchTask, taskOf } from "../domain/decision.ts";
import { defineTool } from "./define-tool.ts";
import { taskLine, taskText } from "./task-lines.ts";
import { taskNumber } from "./tool-input.ts";

export const epicListTasks = defineTool({
  name: "epic_list_tasks",
  summary:
    "All tasks of the epic with their states; name one for its whole text. Not for waiting: mail tells you of changes.",
  needs: ["supervisor"],
  sensitive: false,
  input: { task: taskNumber.nullable().default(null) },
  handle: ({ task: ordinal }, { view }) => {
    const { issueNumber: issue, state, branch } = view.epic;
    const epic = { issue, state, branch };
    if (ordinal === null)
      return {
        kind: "reply",
        reply: { epic, tasks: view.tasks.map((task) => taskLine(view, task)) },
      };
    const task = taskOf(view, ordinal);
    if (!task) return noSuchTask(view, ordinal);
    return { kind: "reply", reply: { epic, ...taskText(view, task) } };
  },
});
