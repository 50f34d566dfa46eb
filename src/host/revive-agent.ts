import { type LifeEnd, lifeEnded } from "../domain/decide-life-end.ts";
import { agentOf } from "../domain/decision.ts";
import type { Decision, EpicView } from "../domain/epic-view.ts";
import type { RestartRules } from "../domain/restarts.ts";
import type { LifelessAgent } from "../ports/agents.ts";
import type { HostPorts } from "./host-ports.ts";

/** How old the last one was nobody knows: too little to speak of a loop. */
const crash: LifeEnd = {
  how: "crashed",
  reason: "none of its lives is open",
  lastScreen: "",
  ageMs: Number.POSITIVE_INFINITY,
};

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
    decision: revived(view, lifeless, settings.restarts),
    result: null,
  }));
}

function revived(view: EpicView, lifeless: LifelessAgent, rules: RestartRules): Decision {
  const { key, state, life } = lifeless.agent;
  const agent = agentOf(view, key);
  // It went on meanwhile.
  if (agent?.state !== state || agent.life !== life) return {};
  if (state === "STARTING") return { effects: [{ kind: "startLife", agent: key }] };
  return lifeEnded(view, { agent: key, life, end: crash }, rules);
}
