import { z } from "zod";
import { createTask } from "../domain/decide-plan.ts";
import { resembling } from "../domain/resemblance.ts";
import { decided, defineTool, type ToolCall, type ToolOutcome } from "./define-tool.ts";
import { acceptance, description, taskNumber, text, title } from "./tool-input.ts";

export const epicCreateTask = defineTool({
  name: "epic_create_task",
  summary:
    "Plan one task: one worker, one pull request. Give all a worker needs to do it without asking. It starts once the plan is done and the tasks it depends on have landed.",
  needs: ["supervisor"],
  sensitive: false,
  input: {
    title,
    description,
    acceptance,
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
  handle: (input, call) => {
    const request = { ...input, dependsOn: [...new Set(input.dependsOn)] };
    const outcome = decided(createTask(call.view, request), ({ tasks = [] }) => ({
      task: tasks[0]?.ordinal,
      state: tasks[0]?.state,
    }));
    return insisted(outcome, request, call);
  },
});

/** That a task is wanted beside one it resembles is a decision of its own in the log (L7). */
function insisted(
  outcome: ToolOutcome,
  request: {
    readonly title: string;
    readonly description: string;
    readonly insist: string | null;
  },
  { life, view }: ToolCall,
): ToolOutcome {
  const alike = request.insist === null ? null : resembling(view.tasks, request);
  if (!("kind" in outcome) || outcome.kind !== "decided" || alike === null) return outcome;
  const { ordinal, score } = alike;
  const detail = { title: request.title, resembles: ordinal, score, reason: request.insist };
  const what = "insisted on a task that resembles another";
  return { ...outcome, notes: [{ kind: "log", agent: life.agent, what, detail }] };
}
