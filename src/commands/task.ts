import { z } from "zod";
import { addTask } from "../domain/add-task.ts";
import { isRefusal } from "../domain/refusal.ts";
import { defineCommand } from "./define-command.ts";
import { epicThreads } from "./surfaces.ts";

const maxTitleLength = 200;

export const task = defineCommand({
  name: "task",
  usage: "/ff task <title>",
  summary: "Adds a task to the epic, by its title; the supervisor writes it out.",
  needs: "operator",
  where: epicThreads,
  examples: ["/ff task Refuse empty names"],
  args: z
    .string()
    .regex(/\S/, "The task needs a title")
    .max(maxTitleLength, `A title has at most ${maxTitleLength} characters`),
  decide: (title, { view, actor }) => {
    const decision = addTask(view, { title: title.trim(), by: actor });
    if (isRefusal(decision)) return decision;
    const ordinal = decision.tasks?.[0]?.ordinal ?? 0;
    const starts = view.epic.planAccepted
      ? "It starts when a worker is free."
      : "It starts with the plan.";
    const bodyText = `Task ${ordinal} is added. ${starts}`;
    return { decision, reply: { kind: "commandReply", command: "task", bodyText, ok: true } };
  },
});
