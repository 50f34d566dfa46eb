import { type AgentKey, agentName, taskOfAgent } from "../domain/agent.ts";
import { taskOf } from "../domain/decision.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { Sender } from "../domain/mail.ts";

/** The name people see: by issue number, or by task number while the issue does not exist. */
export function nameOfAgent(view: EpicView, key: AgentKey): string {
  const ordinal = taskOfAgent(key);
  if (ordinal === null) return agentName("supervisor", view.epic.issueNumber);
  return agentName("worker", taskOf(view, ordinal)?.issueNumber ?? ordinal);
}

/** Whom a mail is from, in one word. */
export function nameOfSender(view: EpicView, sender: Sender): string {
  switch (sender.kind) {
    case "agent":
      return nameOfAgent(view, sender.agent);
    case "human":
      return `@${sender.actor.login}`;
    case "product":
      return "FactoryFactory";
    default:
      return sender satisfies never;
  }
}
