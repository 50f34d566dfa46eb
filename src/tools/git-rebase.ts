import { mayCommit } from "../domain/decide-task.ts";
import { isRefusal } from "../domain/refusal.ts";
import { defineTool } from "./define-tool.ts";
import { ownTask } from "./own-task.ts";

export const gitRebase = defineTool({
  name: "git_rebase",
  summary:
    "Bring the epic branch's newest state into your worktree. Commit your changes first. Files with conflict markers are named: resolve them, then git_commit.",
  needs: ["worker"],
  sensitive: false,
  input: {},
  handle: (_input, call) => {
    const own = ownTask(call);
    if (isRefusal(own)) return own;
    const task = mayCommit(call.view, own.ordinal);
    if (isRefusal(task)) return task;
    return { kind: "host", operation: { kind: "rebase", task: task.ordinal } };
  },
});
