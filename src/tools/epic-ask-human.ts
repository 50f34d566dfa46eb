import { askHuman } from "../domain/decide-question.ts";
import { decided, defineTool } from "./define-tool.ts";
import { context, questions } from "./tool-input.ts";

export const epicAskHuman = defineTool({
  name: "epic_ask_human",
  summary:
    "Ask people what neither the epic nor the code decides: all questions at once, each with its choices, in one comment. Before the plan is done the whole epic waits for the answer, later nothing does; for one task use epic_block_task. The answer is mail: end your turn.",
  needs: ["supervisor"],
  sensitive: false,
  input: { questions, context },
  handle: (asked, { view, name }) =>
    decided(
      askHuman(view, { ...asked, context: asked.context ?? "", agent: name }),
      ({ epic }) => ({
        asked: asked.questions.length,
        epic: epic?.state ?? view.epic.state,
        next: "End your turn. The answer is mail and wakes you.",
      }),
    ),
});
