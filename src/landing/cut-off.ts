import { pauseUntilMended } from "../domain/decide-epic.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { Task } from "../domain/task.ts";
import { PortError } from "../lib/port-error.ts";
import type { LandingRow } from "../ports/epics.ts";
import type { LandingPorts } from "./landing-ports.ts";
import type { Lease } from "./lease.ts";

/** A host that kills this many verifications of one landing needs a person. */
const defaultMaxVerifyCuts = 3;

/** What happened, as history says it; the landing's cuts are counted by it. */
const what = "verification cut off";

/**
 * A verification that was killed or never began is weather: the landing stays approved and a tick
 * tries it again, a few times, then the epic waits for a person.
 *
 * @throws {PortError} `sandbox`, retryable, unless the epic was paused for it
 */
export async function verifyWasCutOff(
  view: EpicView,
  { task, row, reason }: { readonly task: Task; readonly row: LandingRow; readonly reason: string },
  lease: Lease,
  { store, settings, onLanding }: LandingPorts,
): Promise<void> {
  const cuts = 1 + (await store.verdicts.cuts(view.epic.id, what, row.id));
  const most = settings.maxVerifyCuts ?? defaultMaxVerifyCuts;
  const isLast = cuts >= most;
  const told = `the verification of task ${task.issueNumber ?? task.ordinal} was cut off ${cuts} times on this host, the last time because ${reason}. Give the host more memory or time, then resume.`;
  await store.epics.change(view.epic.id, { what, actor: null }, (now) => ({
    decision: isLast ? pauseUntilMended(now, told) : {},
    notes: [
      lease.note,
      { kind: "log", agent: null, what, detail: { landing: row.id, reason } },
      ...(isLast ? [{ kind: "landing", landing: { ...row, state: "withdrawn" } } as const] : []),
    ],
    result: null,
  }));
  onLanding("landing.cutOff", { task: task.ordinal, cuts, reason });
  if (isLast) return;
  throw new PortError(
    "sandbox",
    `the verification of task ${task.ordinal} of epic ${view.epic.id} was cut off (${cuts} of at most ${most}): ${reason}`,
    { retryable: true },
  );
}
