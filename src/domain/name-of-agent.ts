import { type AgentKey, agentName, taskOfAgent } from "./agent.ts";
import { taskOf } from "./decision.ts";
import type { EpicView } from "./epic-view.ts";

/** The name people see: by issue number, or by task number while the issue does not exist. */
export function nameOfAgent(view: EpicView, key: AgentKey): string {
  const ordinal = taskOfAgent(key);
  if (key.startsWith("orchestrator/")) return agentName("orchestrator", view.epic.issueNumber);
  if (ordinal === null) return agentName("supervisor", view.epic.issueNumber);
  return agentName("worker", taskOf(view, ordinal)?.issueNumber ?? ordinal);
}
