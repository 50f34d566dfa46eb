import { type Agent, agentHasEnded } from "./agent.ts";
import { pauseUntilMended } from "./decide-epic.ts";
import { troubleIsTold } from "./decide-trouble.ts";
import { both } from "./decision.ts";
import { epicHasEnded } from "./epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import { crashedNotice, crashedOf, incidentNotice, lookedIntoAfter } from "./held-up-run.ts";
import { nameOfAgent } from "./name-of-agent.ts";
import { newQuestion, openQuestion } from "./question.ts";
import type { RestartRules } from "./restarts.ts";
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
  const running = view.agents.filter((one) => !agentHasEnded(one));
  return incident(view, {
    ...{ reason, fact, more: `The last time: ${reason}` },
    ...{ notice: incidentNotice(agent.key, reason, times), times, again: incidentAfter },
    lookedInto: lookedIntoAfter(view, reason, running),
  });
}

/** A worker crashed for good. When others did for the same reason, it is hardly their tasks'. */
export function crashedForGood(
  view: EpicView,
  agent: Agent,
  { reason, lastScreen }: { readonly reason: string; readonly lastScreen: string },
  { incidentTasks }: RestartRules,
): Decision {
  if (agent.role !== "worker") return {};
  const notice = crashedNotice(agent.key, reason);
  const known = { notices: [notice] };
  const cause = crashedOf(reason);
  const alike = view.notices.filter((one) => one.startsWith(cause) && one !== notice);
  const workers = alike.length + 1;
  if (workers < incidentTasks) return known;

  const fact = `The workers of ${workers} tasks crashed again and again for the same reason.`;
  const more = `The reason: ${reason}\n\nThe last screen of one:\n${lastScreen}`;
  const asked = incident(view, {
    ...{ reason, fact, more },
    ...{ notice: incidentNotice(agent.key, reason, workers), times: workers, again: incidentTasks },
    lookedInto: lookedIntoAfter(view, reason, view.agents),
  });
  return both(known, asked);
}

type Incident = {
  readonly reason: string;
  readonly fact: string;
  readonly more: string;
  readonly notice: string;
  /** How often it has happened. */
  readonly times: number;
  /** How much oftener than when it was looked into it may happen, before it does not pass. */
  readonly again: number;
  /** How often it had happened when it was looked into; null when it was not. */
  readonly lookedInto: number | null;
};

/**
 * Asks once for each cause. One that was to pass and did not is people's, and so are too many
 * causes, at once: that costs no model call.
 */
function incident(view: EpicView, what: Incident): Decision {
  const { notice, fact, more, times, again, lookedInto } = what;
  if (view.epic.state === "PAUSED" || epicHasEnded(view.epic)) return {};
  if (openQuestion(view) !== null) return {};
  if (lookedInto !== null)
    return times < lookedInto + again
      ? {}
      : pausedFor(view, what, "It was looked into, was to pass, and did not pass.");
  const before = view.questions.filter(({ kind }) => kind === "incident").length;
  if (before >= mostIncidents)
    return both(
      { notices: [notice] },
      pausedFor(view, what, "It is not the first time something stops this epic."),
    );
  const detail = [fact, "", more.slice(-shownCharacters).toWellFormed(), "", tasksOf(view)];
  return {
    notices: [notice],
    questions: [newQuestion(view, { kind: "incident", task: null, detail: detail.join("\n") })],
  };
}

function pausedFor(view: EpicView, { fact, reason }: Incident, why: string): Decision {
  const last = `The last time: ${/[.!?]$/.test(reason) ? reason : `${reason}.`}`;
  return pauseUntilMended(
    view,
    `${fact} ${last} ${why} Whoever operates FactoryFactory can mend the cause; then: /ff resume. To end the epic: /ff cancel.`,
  );
}

function tasksOf({ tasks }: EpicView): string {
  const open = tasks.filter((task) => !taskHasEnded(task)).length;
  const states = tasks.map(({ ordinal, state }) => `${ordinal} ${state}`).join(", ");
  return `Tasks: ${states === "" ? "none yet" : states}; ${open} are open.`;
}
