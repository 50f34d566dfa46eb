import { z } from "zod";
import { createTask } from "../domain/decide-plan.ts";
import { decided, defineTool } from "./define-tool.ts";
import { taskNumber, text } from "./tool-input.ts";

export const epicCreateTask = defineTool({
  name: "epic_create_task",
  summary:
    "Plan one task: one worker, one pull request. Give all a worker needs to do it without asking. It starts once the plan is done and the tasks it depends on have landed.",
  needs: ["supervisor"],
  sensitive: false,
  input: {
    title: text(200)
      .regex(/^[^\r\n]*$/, "must be one line")
      .describe("One line, imperative"),
    description: text(20_000).describe("What to do, where, and what to leave alone"),
    acceptance: z.array(text(1000)).min(1).max(20).describe("Facts that hold when it is done"),
    dependsOn: z
      .array(taskNumber)
      .max(20)
      .default([])
      .describe("Tasks that must have landed before this one starts"),
    insist: text(1000)
      .nullable()
      .default(null)
      .describe("Only after a refusal for resembling another task: why it is wanted all the same"),
  },
  handle: (input, { view }) =>
    decided(
      createTask(view, { ...input, dependsOn: [...new Set(input.dependsOn)] }),
      ({ tasks = [] }) => ({ task: tasks[0]?.ordinal, state: tasks[0]?.state }),
    ),
});
