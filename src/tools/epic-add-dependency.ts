import { addDependency } from "../domain/decide-plan.ts";
import { decided, defineTool } from "./define-tool.ts";
import { taskNumber } from "./tool-input.ts";

export const epicAddDependency = defineTool({
  name: "epic_add_dependency",
  summary: "Make one task wait until another has landed. Only while it is PENDING.",
  needs: ["supervisor"],
  sensitive: false,
  input: {
    task: taskNumber.describe("The task that waits"),
    dependsOn: taskNumber.describe("The task it waits for"),
  },
  handle: (input, { view }) =>
    decided(addDependency(view, input), () => ({ task: input.task, waitsFor: input.dependsOn })),
});
