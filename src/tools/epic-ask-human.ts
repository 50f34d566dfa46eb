import { defineTool } from "./define-tool.ts";
import { mailToHuman } from "./mail-to-human.ts";
import { text } from "./tool-input.ts";

export const epicAskHuman = defineTool({
  name: "epic_ask_human",
  summary:
    "Ask the human on the epic's issue what only a human can decide. One clear question with the choices; the answer is mail.",
  needs: ["supervisor"],
  sensitive: false,
  input: { question: text(8000).describe("Markdown") },
  handle: ({ question }, call) =>
    mailToHuman(call, { on: "epic" }, { subject: "A question", body: question }),
});
