import { requestChanges } from "../domain/decide-review.ts";
import { decided, defineTool } from "./define-tool.ts";
import { headSha, taskNumber, text } from "./tool-input.ts";

export const epicRequestChanges = defineTool({
  name: "epic_request_changes",
  summary: "Send one exact head back to its worker. Say everything that is to be changed, at once.",
  needs: ["supervisor"],
  sensitive: false,
  input: {
    task: taskNumber,
    head: headSha,
    remarks: text(8000).describe("What is to be changed and why, Markdown"),
  },
  handle: ({ task, head, remarks }, { view, name }) =>
    decided(requestChanges(view, { task, head, remarks, agent: name }), () => ({
      task,
      head,
      state: "CHANGES_REQUESTED",
    })),
});
