import type { Agent } from "./agent.ts";
import { troubleIsTold } from "./decide-trouble.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import { nameOfAgent } from "./name-of-agent.ts";
import type { RestartRules } from "./restarts.ts";
import { sameReason } from "./same-reason.ts";

/**
 * The outside ends life after life of an agent: people are told its last words, once per epic and
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
  const notice = `held up: ${sameReason(reason)}`;
  if (times < tellWeatherAfter || view.notices.includes(notice) || troubleIsTold(view)) return {};
  const name = nameOfAgent(view, agent.key);
  return {
    notices: [notice],
    effects: [
      {
        kind: "say",
        thread: { on: "epic" },
        message: { kind: "agentHeldUp", agent: name, times, reasonText: reason },
      },
    ],
  };
}
