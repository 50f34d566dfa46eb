import type { Agent } from "./agent.ts";
import { answerSafely, closed } from "./answer-question.ts";
import { agentOf } from "./decision.ts";
import { epicHasEnded } from "./epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { Profile } from "./profile.ts";
import { openQuestion, orchestratorKey } from "./question.ts";

/**
 * What follows for an open question whatever happened: its orchestrator starts; where that cannot
 * answer any more the safe rule does; where people took the epic in hand it is withdrawn (A12).
 */
export function settleQuestions(view: EpicView, profile: Profile): Decision {
  const question = openQuestion(view);
  if (!question) return {};
  const key = orchestratorKey(question);
  if (view.epic.state === "PAUSED" || epicHasEnded(view.epic)) {
    const reason = `The epic is ${view.epic.state}.`;
    return closed(view, question, { choice: null, reason, by: "rules" });
  }
  const agent = agentOf(view, key);
  if (!agent)
    return { agents: [begun(key, profile)], effects: [{ kind: "startLife", agent: key }] };
  const why = whyNoAnswer(agent);
  return why === null ? {} : answerSafely(view, question, why);
}

function begun(key: Agent["key"], profile: Profile): Agent {
  const fresh = { life: 0, crashes: 0, fastCrashes: 0, budgetHold: null } as const;
  return { key, role: "orchestrator", task: null, state: "STARTING", ...fresh, ...profile };
}

/** Nothing gives it another turn: it has no mail, and nobody restarts what failed. */
function whyNoAnswer({ state, budgetHold }: Agent): string | null {
  switch (state) {
    case "STARTING":
    case "RUNNING":
    case "CRASHED":
      return null;
    case "WAITING":
    case "ASLEEP":
      return "it ended its turn without one";
    case "PAUSED":
      return budgetHold === null ? "it was stopped" : `the ${budgetHold} budget is spent`;
    case "FAILED":
      return "it failed";
    case "DONE":
    case "KILLED":
      return "it was stopped";
    default:
      return state satisfies never;
  }
}
