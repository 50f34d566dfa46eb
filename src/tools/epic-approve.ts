import { approve } from "../domain/decide-review.ts";
import { decided, defineTool } from "./define-tool.ts";
import { headSha, taskNumber, text } from "./tool-input.ts";

export const epicApprove = defineTool({
  name: "epic_approve",
  summary:
    "Approve one exact head you have read. It is then verified and lands by itself. When the head has moved, read the diff again.",
  needs: ["supervisor"],
  sensitive: false,
  input: {
    task: taskNumber,
    head: headSha,
    remarks: text(8000).nullable().default(null).describe("For the pull request, Markdown"),
  },
  handle: ({ task, head, remarks }, { view, name }) =>
    decided(approve(view, { task, head, remarks: remarks ?? "", agent: name }), () => ({
      task,
      head,
      state: "APPROVED",
    })),
});
