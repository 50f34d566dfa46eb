import { failEpic } from "../domain/decide-epic.ts";
import { epicHasEnded } from "../domain/epic.ts";
import { decided, defineTool } from "./define-tool.ts";
import { text } from "./tool-input.ts";

export const epicFail = defineTool({
  name: "epic_fail",
  summary:
    "End the whole epic as failed. Only when no plan, change or answer can save it; ask the human first.",
  needs: ["supervisor"],
  sensitive: true,
  input: { reason: text(4000).describe("For the human: what was tried, why it cannot be done") },
  handle: ({ reason }, { view }) =>
    decided(
      epicHasEnded(view.epic)
        ? { refused: "wrong-state", detail: `The epic is ${view.epic.state} already.` }
        : failEpic(view, reason),
      () => ({ state: "FAILED" }),
    ),
});
