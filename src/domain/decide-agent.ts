import { type Agent, type AgentKey, agentName } from "./agent.ts";
import { failEpic } from "./decide-epic.ts";
import { endTask } from "./decide-task.ts";
import { agentOf, both, taskOf } from "./decision.ts";
import type { Effect } from "./effect.ts";
import type { Decision, EpicView } from "./epic-view.ts";

/** How a life ended, as its host saw it. */
export type LifeEnd =
  | { readonly how: "asleep" }
  | { readonly how: "stopped" }
  | { readonly how: "crashed"; readonly reason: string; readonly lastScreen: string };

/** A new life has a process; only the newest may say so. */
export function lifeStarted(view: EpicView, key: AgentKey, life: number): Decision {
  const agent = agentOf(view, key);
  if (agent?.state !== "STARTING" || life <= agent.life) return {};
  return { agents: [{ ...agent, state: "RUNNING", life }] };
}

/**
 * An agent ended its turn and waits for mail, or took mail and works again. Mail that was taken is
 * new work: crashes before it count no more. There is only so much mail, so no crash loop hides.
 */
export function agentWaits(view: EpicView, key: AgentKey, waits: boolean): Decision {
  const agent = agentOf(view, key);
  if (agent?.state !== (waits ? "RUNNING" : "WAITING")) return {};
  return waits
    ? { agents: [{ ...agent, state: "WAITING" }] }
    : { agents: [{ ...agent, state: "RUNNING", crashes: 0 }] };
}

/**
 * A life is over. A dead life's late news about an agent that lives on changes nothing. A worker
 * that crashes beside work that others have to look at falls asleep: mail wakes it when it is needed.
 */
export function lifeEnded(
  view: EpicView,
  ended: { readonly agent: AgentKey; readonly life: number; readonly end: LifeEnd },
  maxCrashes: number,
): Decision {
  const agent = agentOf(view, ended.agent);
  if (!agent || agent.life !== ended.life) return {};
  if (agent.state !== "RUNNING" && agent.state !== "WAITING") return {};
  if (ended.end.how !== "crashed") return { agents: [{ ...agent, state: "ASLEEP" }] };
  const crashed: Agent = { ...agent, crashes: agent.crashes + 1 };
  if (isNotNeeded(view, agent)) return { agents: [{ ...crashed, state: "ASLEEP" }] };
  if (crashed.crashes >= maxCrashes) return crashedTooOften(view, crashed, ended.end);
  return {
    agents: [{ ...crashed, state: "STARTING" }],
    effects: [{ kind: "startLife", agent: agent.key }],
  };
}

/** A life that could not be started at all counts like one that crashed. */
export function lifeNotStarted(
  view: EpicView,
  key: AgentKey,
  reason: string,
  maxCrashes: number,
): Decision {
  const agent = agentOf(view, key);
  if (agent?.state !== "STARTING") return {};
  const crashed: Agent = { ...agent, crashes: agent.crashes + 1 };
  const end = { reason, lastScreen: "" };
  if (crashed.crashes >= maxCrashes && !isBeingPublished(view, agent))
    return agentFailed(view, crashed, end);
  return { agents: [crashed], effects: [{ kind: "startLife", agent: key }] };
}

/** A task being published lands without its agent; should it come back, mail wakes the agent (Q2a). */
function crashedTooOften(
  view: EpicView,
  agent: Agent,
  end: { readonly reason: string; readonly lastScreen: string },
): Decision {
  if (isBeingPublished(view, agent)) return { agents: [{ ...agent, state: "ASLEEP" }] };
  return agentFailed(view, agent, end);
}

/** Unread mail would wake it at once: then its crashes count as any other's. */
function isNotNeeded(view: EpicView, { key, task }: Agent): boolean {
  const state = task === null ? null : taskOf(view, task)?.state;
  if (state !== "APPROVED" && state !== "PENDING_REVIEW") return false;
  return !view.unreadMail.some((mail) => mail.to === key);
}

function isBeingPublished(view: EpicView, { task }: Agent): boolean {
  return task !== null && taskOf(view, task)?.state === "PUBLISHING";
}

function agentFailed(
  view: EpicView,
  agent: Agent,
  end: { readonly reason: string; readonly lastScreen: string },
): Decision {
  const failed: Agent = { ...agent, state: "FAILED" };
  const task = agent.task === null ? null : taskOf(view, agent.task);
  const name = agentName(agent.role, task?.issueNumber ?? view.epic.issueNumber);
  const told: Effect = {
    kind: "say",
    thread: { on: "epic" },
    message: {
      kind: "agentFailed",
      agent: name,
      reasonText: end.reason,
      lastScreenText: end.lastScreen,
    },
  };
  const reason = `${name} crashed ${agent.crashes} times; the last time: ${end.reason}`;
  const rest = task ? endTask(view, task, { state: "FAILED", reason }) : failEpic(view, reason);
  return both(rest, { agents: [failed], effects: [told] });
}
