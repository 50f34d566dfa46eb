import { z } from "zod";
import { workerKey } from "../domain/agent.ts";
import { noSuchTask, taskOf } from "../domain/decision.ts";
import { defineTool, type ToolCall, type ToolOutcome } from "./define-tool.ts";
import { mailToAgent } from "./mail-to-agent.ts";
import { mailToHuman } from "./mail-to-human.ts";
import { text } from "./tool-input.ts";

type Letter = { readonly subject: string; readonly body: string };

export const mailSend = defineTool({
  name: "mail_send",
  summary:
    "Send mail: to your supervisor, to the human (a comment on your issue), or, as a supervisor, to the worker of a task. Not for progress reports.",
  needs: ["supervisor", "worker"],
  sensitive: false,
  input: {
    to: z
      .string()
      .regex(
        /^(?:supervisor|human|worker [1-9][0-9]{0,3})$/,
        "must be supervisor, human, or worker and a task's number, as in: worker 2",
      ),
    subject: text(200).regex(/^[^\r\n]*$/, "must be one line"),
    body: text(20_000).describe("Markdown"),
  },
  handle: ({ to, subject, body }, call) => deliver(to, { subject, body }, call),
});

function deliver(to: string, letter: Letter, call: ToolCall): ToolOutcome {
  const { life, view } = call;
  if (to === "human") {
    const thread =
      life.task === null ? { on: "epic" as const } : { on: "task" as const, task: life.task };
    return mailToHuman(call, thread, letter);
  }
  if (to === life.role)
    return { refused: "to-yourself", detail: "That is you. Name another agent, or the human." };
  if (to === "supervisor") return mailToAgent(call, "supervisor", letter);
  if (life.role !== "supervisor")
    return {
      refused: "not-permitted",
      detail: "Workers do not write to each other: write to your supervisor, who passes it on.",
    };
  const ordinal = Number(to.slice("worker ".length));
  if (!taskOf(view, ordinal)) return noSuchTask(view, ordinal);
  return mailToAgent(call, workerKey(ordinal), letter);
}
