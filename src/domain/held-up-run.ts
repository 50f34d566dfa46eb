import type { Agent, AgentKey } from "./agent.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import { sameReason } from "./same-reason.ts";

// The outside ends life after life of an agent: a run. What people heard of it counts as long as
// the run does; whoever gets through, or is resumed, begins another one, and it is told anew.

const told = "held up: ";
const asked = "incident: ";
const crashed = "crashed for good: ";

function ofIncident(key: AgentKey): string {
  return `${asked}${key} after `;
}

/** Kept while people know what stops an agent. */
export function heldUpNotice(key: AgentKey, reason: string): string {
  return `${told}${key}: ${sameReason(reason)}`;
}

/** Kept once a cause was looked into that had stopped an agent so many times, or so many workers. */
export function incidentNotice(key: AgentKey, reason: string, times: number): string {
  return `${ofIncident(key)}${times}: ${sameReason(reason)}`;
}

/** Kept of a worker that crashed for good, until people resume its epic. */
export function crashedNotice(key: AgentKey, reason: string): string {
  return `${crashedOf(reason)}${key}`;
}

/** What the notices of all workers that crashed for good for this reason begin with. */
export function crashedOf(reason: string): string {
  return `${crashed}${sameReason(reason)}: `;
}

/** Whether people have heard of it: of the agent's own run, or of one that waits for its next life. */
export function isHeldUpKnown(view: EpicView, agent: Agent, reason: string): boolean {
  const waiting = view.agents.filter(({ state }) => state === "STARTING");
  return [agent, ...waiting].some(({ key }) => view.notices.includes(heldUpNotice(key, reason)));
}

/** How many times it had happened when this cause was looked into; null when it was not. */
export function lookedIntoAfter(
  { notices }: EpicView,
  reason: string,
  agents: readonly Agent[],
): number | null {
  const end = `: ${sameReason(reason)}`;
  const times = agents.flatMap(({ key }) => {
    const beginning = ofIncident(key);
    const same = notices.filter((one) => one.startsWith(beginning) && one.endsWith(end));
    return same.map((one) => Number(one.slice(beginning.length, -end.length)));
  });
  // Another reason may end in the words of this one.
  const counts = times.filter((one) => Number.isInteger(one));
  return counts.length === 0 ? null : Math.min(...counts);
}

/** An agent got through: what was told of its run is over. */
export function gotThrough({ notices }: EpicView, key: AgentKey): Decision {
  const over = notices.filter(
    (one) => one.startsWith(`${told}${key}: `) || one.startsWith(ofIncident(key)),
  );
  return over.length === 0 ? {} : { noticesOver: over };
}

/** People say that it is mended: whatever stops their epic now is news. */
export function mended({ notices }: EpicView): Decision {
  const over = notices.filter((one) =>
    [told, asked, crashed].some((beginning) => one.startsWith(beginning)),
  );
  return over.length === 0 ? {} : { noticesOver: over };
}
