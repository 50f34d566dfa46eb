import { defineTool } from "./define-tool.ts";
import { taskLine } from "./task-lines.ts";

export const epicListTasks = defineTool({
  name: "epic_list_tasks",
  summary: "All tasks of the epic with their states. Not for waiting: mail tells you of changes.",
  needs: ["supervisor"],
  sensitive: false,
  input: {},
  handle: (_input, { view }) => ({
    kind: "reply",
    reply: {
      epic: { issue: view.epic.issueNumber, state: view.epic.state, branch: view.epic.branch },
      tasks: view.tasks.map((task) => taskLine(view, task)),
    },
  }),
});
