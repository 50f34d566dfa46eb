import type { Agent } from "./agent.ts";
import { troubleIsTold } from "./decide-trouble.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import { heldUpNotice, isHeldUpKnown } from "./held-up-run.ts";
import { nameOfAgent } from "./name-of-agent.ts";
import type { RestartRules } from "./restarts.ts";

/**
 * The outside ends life after life of an agent: people are told its last words, once per run and
 * reason. Of a trouble with the model provider they know already.
 *
 * @param before how many lives in a row had ended so before this one
 */
export function tellHeldUp(
  view: EpicView,
  agent: Agent,
  { reason, before }: { readonly reason: string; readonly before: number },
  { tellWeatherAfter }: RestartRules,
): Decision {
  const times = before + 1;
  if (times < tellWeatherAfter || troubleIsTold(view)) return {};
  const notices = [heldUpNotice(agent.key, reason)];
  if (isHeldUpKnown(view, agent, reason)) return { notices };
  const name = nameOfAgent(view, agent.key);
  return {
    notices,
    effects: [
      {
        kind: "say",
        thread: { on: "epic" },
        message: { kind: "agentHeldUp", agent: name, times, reasonText: reason },
      },
    ],
  };
}
