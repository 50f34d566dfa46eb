import { noSuchTask, taskOf } from "../domain/decision.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { Refusal } from "../domain/refusal.ts";
import { defineTool } from "./define-tool.ts";
import { repositoryPath, taskNumber } from "./tool-input.ts";

export const epicReadFile = defineTool({
  name: "epic_read_file",
  summary:
    "One file as it is at a task's submitted head, or on the epic branch when task is null. Text files only; large ones are cut.",
  needs: ["supervisor"],
  sensitive: false,
  input: {
    task: taskNumber.nullable().default(null),
    path: repositoryPath.describe("Path from the repository's root"),
  },
  handle: ({ task, path }, { view }) => {
    const sha = commitToRead(view, task);
    if (typeof sha !== "string") return sha;
    return { kind: "host", operation: { kind: "readFile", sha, path } };
  },
});

function commitToRead(view: EpicView, ordinal: number | null): string | Refusal {
  if (ordinal === null)
    return (
      view.epic.tipSha ?? {
        refused: "no-branch",
        detail: "The epic branch is still being made. Call again in a moment.",
      }
    );
  const task = taskOf(view, ordinal);
  if (!task) return noSuchTask(view, ordinal);
  return (
    task.submittedSha ?? {
      refused: "not-submitted",
      detail: `Task ${ordinal} is ${task.state} and has submitted nothing yet; with task null you read the epic branch.`,
    }
  );
}
