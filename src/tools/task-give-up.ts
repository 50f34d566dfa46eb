import { giveUpTask } from "../domain/decide-task.ts";
import { isRefusal } from "../domain/refusal.ts";
import { decided, defineTool } from "./define-tool.ts";
import { ownTask } from "./own-task.ts";
import { text } from "./tool-input.ts";

export const taskGiveUp = defineTool({
  name: "task_give_up",
  summary:
    "End your task as failed. Only when it cannot be done and your supervisor could not help; your worktree goes with it.",
  needs: ["worker"],
  sensitive: true,
  input: { reason: text(4000).describe("What you tried and what stands in the way") },
  handle: ({ reason }, call) => {
    const task = ownTask(call);
    if (isRefusal(task)) return task;
    return decided(giveUpTask(call.view, task.ordinal, reason), () => ({ state: "FAILED" }));
  },
});
