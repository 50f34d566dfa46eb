import { mayCommit } from "../domain/decide-task.ts";
import { isRefusal } from "../domain/refusal.ts";
import { defineTool } from "./define-tool.ts";
import { ownTask } from "./own-task.ts";
import { text } from "./tool-input.ts";

export const gitCommit = defineTool({
  name: "git_commit",
  summary:
    "Commit all changes of your worktree on your task's branch. The only way to commit: the git command in your shell cannot.",
  needs: ["worker"],
  sensitive: false,
  input: {
    message: text(5000).describe("Subject line of at most 72 characters, blank line, body"),
  },
  handle: ({ message }, call) => {
    const own = ownTask(call);
    if (isRefusal(own)) return own;
    const task = mayCommit(call.view, own.ordinal);
    if (isRefusal(task)) return task;
    return { kind: "host", operation: { kind: "commit", task: task.ordinal, message } };
  },
});
