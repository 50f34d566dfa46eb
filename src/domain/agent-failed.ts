import type { Agent } from "./agent.ts";
import { failEpic } from "./decide-epic.ts";
import { endTask } from "./decide-task.ts";
import { both, taskOf } from "./decision.ts";
import type { Effect } from "./effect.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import { nameOfAgent } from "./name-of-agent.ts";

/**
 * An agent is given no life any more: its task fails, or with its supervisor the epic, and people
 * are told why, with the last its terminal showed.
 */
export function agentFailed(
  view: EpicView,
  agent: Agent,
  { reason, lastScreen }: { readonly reason: string; readonly lastScreen: string },
): Decision {
  const failed: Agent = { ...agent, state: "FAILED" };
  // Its epic does not fail with it: its question is answered by the safe rule, which tells people.
  if (agent.role === "orchestrator") return { agents: [failed] };
  const task = agent.task === null ? null : taskOf(view, agent.task);
  const name = nameOfAgent(view, agent.key);
  const told: Effect = {
    kind: "say",
    thread: { on: "epic" },
    message: {
      kind: "agentFailed",
      agent: name,
      reasonText: reason,
      lastScreenText: lastScreen,
      ...(task ? { attempt: task.attempts } : {}),
    },
  };
  const why = `${name}: ${reason}`;
  const rest = task ? endTask(view, task, { state: "FAILED", reason: why }) : failEpic(view, why);
  return both(rest, { agents: [failed], effects: [told] });
}
