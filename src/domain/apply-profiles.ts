import { type Agent, agentHasEnded } from "./agent.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import { type ProfileRules, resolveProfile } from "./resolve-profile.ts";

/**
 * Gives every agent what its settings say by now: the permission mode at once, because it counts at
 * each call; model and harness when it starts, so that a life ends with what it began with.
 */
export function applyProfiles(view: EpicView, rules: ProfileRules): Decision {
  const agents = view.agents
    .filter((agent) => !agentHasEnded(agent))
    .flatMap((agent) => {
      const next = withProfile(view, agent, rules);
      const { model, permissions, harness } = next;
      const isSame =
        model === agent.model && permissions === agent.permissions && harness === agent.harness;
      return isSame ? [] : [next];
    });
  return { agents };
}

function withProfile(view: EpicView, agent: Agent, rules: ProfileRules): Agent {
  const resolved = resolveProfile(view.profileSettings, agent, rules);
  const next = { ...agent, permissions: resolved.permissions.value };
  if (agent.state !== "STARTING") return next;
  return { ...next, model: resolved.model.value, harness: resolved.harness.value };
}
