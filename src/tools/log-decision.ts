import { defineTool } from "./define-tool.ts";
import { text } from "./tool-input.ts";

export const logDecision = defineTool({
  name: "log_decision",
  summary:
    "Record a decision that is not plain from the code and why you took it. For people, later.",
  needs: ["supervisor", "worker"],
  sensitive: false,
  input: { decision: text(2000), reason: text(4000) },
  handle: ({ decision, reason }, { life }) => ({
    kind: "reply",
    reply: { logged: true },
    notes: [{ kind: "log", agent: life.agent, what: "decision", detail: { decision, reason } }],
  }),
});
