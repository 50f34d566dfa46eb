import type { AgentKey } from "./agent.ts";
import { agentFailed } from "./agent-failed.ts";
import { agentOf } from "./decision.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import { healthMail, isHealthMail } from "./health-mail.ts";

// What an agent's life does while it lasts.

/** A new life has a process; only the newest may say so. */
export function lifeStarted(view: EpicView, key: AgentKey, life: number): Decision {
  const agent = agentOf(view, key);
  if (agent?.state !== "STARTING" || life <= agent.life) return {};
  return { agents: [{ ...agent, state: "RUNNING", life }] };
}

/**
 * An agent ended its turn and waits for mail, or took mail and works again. Mail that was taken is
 * new work: crashes before it count no more. There is only so much mail, so no crash loop hides;
 * of our own questions about its health there is no end, so they are none.
 */
export function agentWaits(view: EpicView, key: AgentKey, waits: boolean): Decision {
  const agent = agentOf(view, key);
  if (agent?.state !== (waits ? "RUNNING" : "WAITING")) return {};
  if (waits) return { agents: [{ ...agent, state: "WAITING" }] };
  const mail = view.unreadMail.filter(({ to }) => to === key);
  const isOnlyHealth = mail.length > 0 && mail.every(isHealthMail);
  const counts = isOnlyHealth ? {} : { crashes: 0, fastCrashes: 0 };
  return { agents: [{ ...agent, ...counts, state: "RUNNING" }] };
}

/** A life shows no progress: it is asked once, by mail (R1). */
export function askHealth(
  view: EpicView,
  silent: { readonly agent: AgentKey; readonly life: number; readonly silentForMs: number },
  leftMs: number,
): Decision {
  const agent = agentOf(view, silent.agent);
  if (agent?.life !== silent.life) return {};
  if (agent.state !== "RUNNING" && agent.state !== "WAITING") return {};
  return { mail: [healthMail(silent.agent, silent.silentForMs, leftMs)] };
}

/** Gives up its process while it only waits, so that another can have one (G6); mail wakes it. */
export function giveWay(view: EpicView, key: AgentKey): Decision {
  const agent = agentOf(view, key);
  if (agent?.state !== "WAITING") return {};
  if (view.unreadMail.some((mail) => mail.to === key)) return {};
  return {
    agents: [{ ...agent, state: "ASLEEP" }],
    effects: [{ kind: "stopLife", agent: key, reason: "it waited, and others need its place" }],
  };
}

/** A life asked too often for what is not its own: it is ended for good, and people are told. */
export function endMisuse(view: EpicView, key: AgentKey, reason: string): Decision {
  const agent = agentOf(view, key);
  if (agent?.state !== "RUNNING" && agent?.state !== "WAITING") return {};
  return agentFailed(view, agent, { reason, lastScreen: "" });
}
