import type { Agent } from "./agent.ts";
import { pauseUntilMended } from "./decide-epic.ts";
import { troubleIsTold } from "./decide-trouble.ts";
import { both } from "./decision.ts";
import { epicHasEnded } from "./epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import { nameOfAgent } from "./name-of-agent.ts";
import { newQuestion, openQuestion } from "./question.ts";
import type { RestartRules } from "./restarts.ts";
import { sameReason } from "./same-reason.ts";
import { taskHasEnded } from "./task.ts";

// An incident: something outside the work stops it, and the rules do not know whether it passes. Its
// people have been told of each part by then; whether the epic goes on is asked once for each cause.

/** Causes of one epic that the orchestrator is asked about; after that its people are, at once. */
const mostIncidents = 3;
const shownCharacters = 2_000;

/**
 * The outside ended life after life of an agent, longer than a passing trouble does.
 *
 * @param times how many in a row, the last one included
 */
export function heldUpForLong(
  view: EpicView,
  agent: Agent,
  { reason, times }: { readonly reason: string; readonly times: number },
  { incidentAfter }: RestartRules,
): Decision {
  if (times < incidentAfter || agent.role === "orchestrator" || troubleIsTold(view)) return {};
  const fact = `${nameOfAgent(view, agent.key)} could not work ${times} times in a row, through no fault of its own.`;
  return incident(view, { reason, fact, more: `The last time: ${reason}` });
}

/** A worker crashed for good. When others did for the same reason, it is hardly their tasks'. */
export function crashedForGood(
  view: EpicView,
  agent: Agent,
  { reason, lastScreen }: { readonly reason: string; readonly lastScreen: string },
  { incidentTasks }: RestartRules,
): Decision {
  if (agent.role !== "worker") return {};
  const cause = `crashed for good: ${sameReason(reason)}: `;
  const notice = `${cause}${agent.key}`;
  const known = { notices: view.notices.includes(notice) ? [] : [notice] };
  const alike = view.notices.filter((one) => one.startsWith(cause) && one !== notice);
  const workers = alike.length + 1;
  if (workers < incidentTasks) return known;

  const fact = `The workers of ${workers} tasks crashed again and again for the same reason.`;
  const more = `The reason: ${reason}\n\nThe last screen of one:\n${lastScreen}`;
  return both(known, incident(view, { reason, fact, more }));
}

/** Asks once for each cause; too many causes are people's at once, and cost no model call. */
function incident(
  view: EpicView,
  { reason, fact, more }: { readonly reason: string; readonly fact: string; readonly more: string },
): Decision {
  const notice = `incident: ${sameReason(reason)}`;
  if (view.epic.state === "PAUSED" || epicHasEnded(view.epic)) return {};
  if (openQuestion(view) !== null || view.notices.includes(notice)) return {};
  const before = view.questions.filter(({ kind }) => kind === "incident").length;
  if (before >= mostIncidents)
    return both(
      { notices: [notice] },
      pauseUntilMended(
        view,
        `${fact} ${reason} It is not the first time something stops this epic. When it is mended: /ff resume.`,
      ),
    );
  const detail = [fact, "", more.slice(-shownCharacters).toWellFormed(), "", tasksOf(view)];
  return {
    notices: [notice],
    questions: [newQuestion(view, { kind: "incident", task: null, detail: detail.join("\n") })],
  };
}

function tasksOf({ tasks }: EpicView): string {
  const open = tasks.filter((task) => !taskHasEnded(task)).length;
  const states = tasks.map(({ ordinal, state }) => `${ordinal} ${state}`).join(", ");
  return `Tasks: ${states === "" ? "none yet" : states}; ${open} are open.`;
}
