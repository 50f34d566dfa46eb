import { planDone } from "../domain/decide-plan.ts";
import { decided, defineTool } from "./define-tool.ts";
import { text } from "./tool-input.ts";

export const epicPlanDone = defineTool({
  name: "epic_plan_done",
  summary:
    "Say that all tasks are planned. Call once; then work starts, or a human approves the plan first. End your turn afterwards: mail wakes you.",
  needs: ["supervisor"],
  sensitive: false,
  input: { note: text(4000).describe("The plan in a few sentences, for the human") },
  handle: ({ note }, { view }) =>
    decided(planDone(view, note), ({ epic }) =>
      epic?.state === "NEEDS_PLAN_APPROVAL"
        ? { state: epic.state, next: "A human approves the plan. End your turn; mail wakes you." }
        : {
            state: "IN_PROGRESS",
            next: "Tasks start by themselves. End your turn; mail wakes you.",
          },
    ),
});
