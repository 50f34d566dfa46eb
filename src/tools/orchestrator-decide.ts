import { z } from "zod";
import { decideQuestion } from "../domain/answer-question.ts";
import { choices } from "../domain/question.ts";
import { decided, defineTool } from "./define-tool.ts";
import { text } from "./tool-input.ts";

export const orchestratorDecide = defineTool({
  name: "orchestrator_decide",
  summary:
    "Answer your question, once, with one of the choices it offers. It takes effect at once.",
  needs: ["orchestrator"],
  sensitive: false,
  input: {
    choice: z.enum(choices),
    reason: text(1000).describe("For people: why, in one or two sentences"),
    remark: text(4000)
      .nullable()
      .default(null)
      .describe("With retry: what its worker does differently"),
    model: text(100).nullable().default(null).describe("With retry: another model for its worker"),
  },
  handle: ({ choice, reason, remark, model }, { life, view, profiles }) =>
    decided(decideQuestion(view, life, { choice, reason, remark, model }, profiles), () => ({
      choice,
      next: "It is done. End your turn.",
    })),
});
