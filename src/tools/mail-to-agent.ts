import type { AgentKey } from "../domain/agent.ts";
import { agentOf } from "../domain/decision.ts";
import { nameOfAgent } from "../domain/name-of-agent.ts";
import type { ToolCall, ToolOutcome } from "./define-tool.ts";

/** Mail to another agent of the epic; it wakes one that sleeps. */
export function mailToAgent(
  { life, view }: ToolCall,
  to: AgentKey,
  mail: { readonly subject: string; readonly body: string },
): ToolOutcome {
  const addressee = agentOf(view, to);
  if (!addressee)
    return {
      refused: "not-started",
      detail: `${nameOfAgent(view, to)} has not started yet, so nobody would read it.`,
    };
  if (addressee.state === "DONE" || addressee.state === "FAILED" || addressee.state === "KILLED")
    return {
      refused: "agent-ended",
      detail: `${nameOfAgent(view, to)} is ${addressee.state}, so nobody would read it.`,
    };
  const from = { kind: "agent", agent: life.agent } as const;
  return {
    kind: "decided",
    decision: { mail: [{ to, from, ...mail }] },
    reply: {
      sent: true,
      to: nameOfAgent(view, to),
      next: "An answer comes as mail; end your turn to wait for it.",
    },
  };
}
