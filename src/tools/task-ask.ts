import { isRefusal } from "../domain/refusal.ts";
import { defineTool } from "./define-tool.ts";
import { mailToAgent } from "./mail-to-agent.ts";
import { ownTask } from "./own-task.ts";
import { text } from "./tool-input.ts";

export const taskAsk = defineTool({
  name: "task_ask",
  summary:
    "Ask your supervisor what your task's text leaves open and the code does not answer. Then end your turn: the answer is mail.",
  needs: ["worker"],
  sensitive: false,
  input: { question: text(8000).describe("Markdown") },
  handle: ({ question }, call) => {
    const task = ownTask(call);
    if (isRefusal(task)) return task;
    const subject = `Question about task ${task.ordinal} “${task.title}”`;
    return mailToAgent(call, "supervisor", { subject, body: question });
  },
});
