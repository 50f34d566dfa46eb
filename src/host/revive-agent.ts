import { lifeEnded } from "../domain/decide-agent.ts";
import { agentOf } from "../domain/decision.ts";
import type { Decision, EpicView } from "../domain/epic-view.ts";
import type { LifelessAgent } from "../ports/agents.ts";
import type { HostPorts } from "./host-ports.ts";

const crash = { how: "crashed", reason: "none of its lives is open", lastScreen: "" } as const;

/**
 * Gives an agent a life again whose row and lives came apart: one that works without a life has
 * crashed, one that starts without anything that starts it is started.
 */
export async function reviveAgent(
  lifeless: LifelessAgent,
  { store, settings }: HostPorts,
): Promise<void> {
  const cause = { what: `${lifeless.agent.key} has no life`, actor: null };
  await store.epics.change(lifeless.epicId, cause, (view) => ({
    decision: revived(view, lifeless, settings.maxCrashes),
    result: null,
  }));
}

function revived(view: EpicView, lifeless: LifelessAgent, maxCrashes: number): Decision {
  const { key, state, life } = lifeless.agent;
  const agent = agentOf(view, key);
  // It went on meanwhile.
  if (agent?.state !== state || agent.life !== life) return {};
  if (state === "STARTING") return { effects: [{ kind: "startLife", agent: key }] };
  return lifeEnded(view, { agent: key, life, end: crash }, maxCrashes);
}
