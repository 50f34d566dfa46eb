import type { Agent, LifeIdentity } from "../domain/agent.ts";
import { agentOf } from "../domain/decision.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { Refusal } from "../domain/refusal.ts";

/** An agent that was stopped does nothing more, however long its process lingers. */
export function whyStopped(view: EpicView, life: LifeIdentity): Refusal | null {
  return whyAgentStopped(agentOf(view, life.agent), life);
}

/** The same for who knows the agent alone. */
export function whyAgentStopped(
  agent: Pick<Agent, "state" | "life"> | null,
  life: LifeIdentity,
): Refusal | null {
  if (!agent || agent.life > life.life)
    return { refused: "dead-life", detail: "A newer life of you has taken over. End now." };
  switch (agent.state) {
    case "STARTING":
    case "RUNNING":
    case "WAITING":
    case "ASLEEP":
    case "CRASHED":
      return null;
    case "PAUSED":
    case "DONE":
    case "KILLED":
    case "FAILED":
      return { refused: "stopped", detail: `You are ${agent.state}: end your turn now.` };
    default:
      return agent.state satisfies never;
  }
}
