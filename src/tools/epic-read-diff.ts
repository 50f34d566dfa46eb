import { noSuchTask, taskOf } from "../domain/decision.ts";
import { defineTool } from "./define-tool.ts";
import { taskNumber } from "./tool-input.ts";

export const epicReadDiff = defineTool({
  name: "epic_read_diff",
  summary: "The diff of a task's submitted head against the epic branch. Large ones are cut.",
  needs: ["supervisor"],
  sensitive: false,
  input: { task: taskNumber },
  handle: ({ task: ordinal }, { view }) => {
    const task = taskOf(view, ordinal);
    if (!task) return noSuchTask(view, ordinal);
    if (task.submittedSha === null)
      return {
        refused: "not-submitted",
        detail: `Task ${ordinal} is ${task.state} and has submitted nothing yet. End your turn; mail tells you when it has.`,
      };
    return {
      kind: "host",
      operation: { kind: "readDiff", task: ordinal, sha: task.submittedSha },
    };
  },
});
