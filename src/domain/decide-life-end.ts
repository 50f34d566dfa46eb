import type { Agent, AgentKey } from "./agent.ts";
import { agentFailed } from "./agent-failed.ts";
import { pauseUntilMended } from "./decide-epic.ts";
import { agentOf, both, inTurn, taskOf } from "./decision.ts";
import type { Effect } from "./effect.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import { healthMailOf } from "./health-mail.ts";
import { gotThrough } from "./held-up-run.ts";
import { crashedForGood, heldUpForLong } from "./incident.ts";
import { nameOfAgent } from "./name-of-agent.ts";
import { type RestartRules, restartWaitMs, weatherWaitMs } from "./restarts.ts";
import { tellHeldUp } from "./tell-held-up.ts";

/** How a life ended, as its host saw it. */
export type LifeEnd =
  | { readonly how: "asleep" }
  | { readonly how: "stopped" }
  /** The outside kept it from going on: limits, an outage, a newer life. */
  | {
      readonly how: "weather" | "fenced";
      readonly reason: string;
      /** How many in a row had ended so before it. */
      readonly before: number;
      /** When to come back, as the provider's limits have it; null where nobody said so. */
      readonly heldForMs: number | null;
    }
  /** No life of it can work before a person has mended something. */
  | { readonly how: "unable"; readonly reason: string }
  | {
      readonly how: "crashed";
      readonly reason: string;
      readonly lastScreen: string;
      /** How old it was; null where it never began. */
      readonly ageMs: number | null;
    };

type Weather = Extract<LifeEnd, { readonly how: "weather" | "fenced" }>;
type Crash = Extract<LifeEnd, { readonly how: "crashed" }>;

/**
 * A life is over. A dead life's late news about an agent that lives on changes nothing. A worker
 * that crashes beside work that others have to look at falls asleep: mail wakes it when it is needed.
 */
export function lifeEnded(
  view: EpicView,
  ended: { readonly agent: AgentKey; readonly life: number; readonly end: LifeEnd },
  rules: RestartRules,
): Decision {
  const agent = agentOf(view, ended.agent);
  if (!agent || agent.life !== ended.life) return {};
  if (agent.state !== "RUNNING" && agent.state !== "WAITING") return {};
  const { end } = ended;
  return isOfItsRun(end)
    ? endedBy(view, agent, end, rules)
    : inTurn(view, [() => gotThrough(view, agent.key), (now) => endedBy(now, agent, end, rules)]);
}

/** Whether the lives that the outside ended right before it count on. */
function isOfItsRun(end: LifeEnd): boolean {
  return (end.how === "weather" || end.how === "fenced") && end.before > 0;
}

function endedBy(view: EpicView, agent: Agent, end: LifeEnd, rules: RestartRules): Decision {
  switch (end.how) {
    case "asleep":
    case "stopped":
      return { agents: [{ ...agent, fastCrashes: 0, state: "ASLEEP" }] };
    case "weather":
    case "fenced":
      return afterWeather(view, agent, end, rules);
    case "unable":
      return pauseUntilMended(
        view,
        `${nameOfAgent(view, agent.key)} cannot work here: ${end.reason}`,
      );
    case "crashed":
      return lifeCrashed(view, agent, end, rules);
    default:
      return end satisfies never;
  }
}

/** No fault of the agent's: it costs no attempt (G3). */
function afterWeather(view: EpicView, agent: Agent, end: Weather, rules: RestartRules): Decision {
  const rests = agent.state === "WAITING" || isSubmitted(view, agent);
  if (rests && !hasMail(view, agent)) return { agents: [{ ...agent, state: "ASLEEP" }] };
  const afterMs = weatherWaitMs(end, rules);
  const again: Decision = {
    agents: [{ ...agent, state: "STARTING" }],
    effects: [{ kind: "startLife", agent: agent.key, afterMs }],
  };
  const told = both(again, tellHeldUp(view, agent, end, rules));
  // Whoever is told when to come back is no mystery.
  if (end.heldForMs !== null) return told;
  const lasting = { reason: end.reason, times: end.before + 1 };
  return inTurn(view, [() => told, (now) => heldUpForLong(now, agent, lasting, rules)]);
}

function lifeCrashed(view: EpicView, agent: Agent, end: Crash, rules: RestartRules): Decision {
  const crashed = crashedOnce(agent, end, rules);
  if (isSubmitted(view, agent) && !hasMail(view, agent))
    return { agents: [{ ...crashed, state: "ASLEEP" }] };
  const why = whyNoMore(crashed, end, rules);
  if (why === null) return restarted(view, crashed, rules);
  // Being published it lands without its agent; should it come back, mail wakes the agent (Q2a).
  if (isBeingPublished(view, agent)) return { agents: [{ ...crashed, state: "ASLEEP" }] };
  return failedByCrashes(view, crashed, { why, end }, rules);
}

function failedByCrashes(
  view: EpicView,
  agent: Agent,
  { why, end }: { readonly why: string; readonly end: Crash },
  rules: RestartRules,
): Decision {
  const { lastScreen } = end;
  return inTurn(view, [
    () => agentFailed(view, agent, { reason: why, lastScreen }),
    (now) => crashedForGood(now, agent, end, rules),
  ]);
}

/** A life that could not be started at all counts like one that crashed at once. */
export function lifeNotStarted(
  view: EpicView,
  key: AgentKey,
  reason: string,
  rules: RestartRules,
): Decision {
  const agent = agentOf(view, key);
  if (agent?.state !== "STARTING") return {};
  const end: Crash = { how: "crashed", reason, lastScreen: "", ageMs: null };
  const crashed = crashedOnce(agent, end, rules);
  const why = whyNoMore(crashed, end, rules);
  if (why === null || isBeingPublished(view, agent)) return restarted(view, crashed, rules);
  return failedByCrashes(view, crashed, { why, end }, rules);
}

function crashedOnce(agent: Agent, { ageMs }: Crash, { fastCrashMs }: RestartRules): Agent {
  const isFast = ageMs === null || ageMs < fastCrashMs;
  const fastCrashes = isFast ? agent.fastCrashes + 1 : 0;
  return { ...agent, crashes: agent.crashes + 1, fastCrashes };
}

function whyNoMore(
  { crashes, fastCrashes }: Agent,
  { reason }: Crash,
  { maxCrashes, maxFastCrashes }: RestartRules,
): string | null {
  const last = `the last time: ${reason}`;
  if (crashes >= maxCrashes) return `It crashed ${crashes} times; ${last}`;
  if (fastCrashes >= maxFastCrashes)
    return `It crashed ${fastCrashes} times in a row, each time soon after its start; ${last}`;
  return null;
}

/** What people see as attempts is the task's. A question about its health dies with the life. */
function restarted(view: EpicView, agent: Agent, rules: RestartRules): Decision {
  const afterMs = restartWaitMs(agent.crashes, rules);
  const start: Effect = { kind: "startLife", agent: agent.key, afterMs };
  const task = agent.task === null ? null : taskOf(view, agent.task);
  const isAttempt = task !== null && task.state !== "PUBLISHING";
  const again: Decision = {
    agents: [{ ...agent, state: "STARTING" }],
    mailSettled: healthMailOf(view, agent.key),
    effects: [start],
  };
  return isAttempt ? both(again, { tasks: [{ ...task, attempts: task.attempts + 1 }] }) : again;
}

/** Others have to look at its work first. */
function isSubmitted(view: EpicView, { task }: Agent): boolean {
  const state = task === null ? null : taskOf(view, task)?.state;
  return state === "APPROVED" || state === "PENDING_REVIEW";
}

/** Unread mail would wake it at once: then its crashes count as any other's. */
function hasMail(view: EpicView, { key }: Agent): boolean {
  return view.unreadMail.some((mail) => mail.to === key);
}

function isBeingPublished(view: EpicView, { task }: Agent): boolean {
  return task !== null && taskOf(view, task)?.state === "PUBLISHING";
}
