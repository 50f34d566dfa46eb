import { pauseUntilMended } from "../domain/decide-epic.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { Task } from "../domain/task.ts";
import { PortError } from "../lib/port-error.ts";
import type { LandingRow } from "../ports/epics.ts";
import type { LandingPorts } from "./landing-ports.ts";
import type { Lease } from "./lease.ts";
import type { Waits } from "./verdict.ts";

/** After so many tries in a row people are asked: they may know why registries do not answer. */
const defaultSetupTries = 5;

type Waiting = { readonly task: Task; readonly row: LandingRow; readonly waits: Waits };

const what = "landing waits for package registries";

/**
 * The dependencies of a tree could not be installed, for reasons that are not the tree's: its landing
 * stays approved and a tick tries it again, a few times, then the epic waits for a person. Nothing was
 * verified, so this is no verification cut off.
 *
 * @throws {PortError} `sandbox`, retryable, unless the epic was paused for it
 */
export async function waitForRegistries(
  view: EpicView,
  { task, row, waits }: Waiting,
  lease: Lease,
  ports: LandingPorts,
): Promise<void> {
  const { tries, reason, retryInMs, isNew } = waits;
  const most = ports.settings.setupTries ?? defaultSetupTries;
  // Whoever resumed an epic gets one try more before it is paused again.
  const isLast = isNew && tries >= most;
  if (isNew) await noteTry(view, { task, row, waits }, { lease, isLast }, ports);
  if (isLast) return;
  throw new PortError(
    "sandbox",
    `the landing of task ${task.ordinal} of epic ${view.epic.id} waits for package registries (try ${tries} of ${most}; the next one in ${Math.ceil(retryInMs)} ms): ${reason}`,
    { retryable: true },
  );
}

async function noteTry(
  { epic }: EpicView,
  { task, row, waits }: Waiting,
  { lease, isLast }: { readonly lease: Lease; readonly isLast: boolean },
  { store, onLanding }: LandingPorts,
): Promise<void> {
  const { tries, reason } = waits;
  const told = `the dependencies of task ${task.issueNumber ?? task.ordinal} could not be installed ${tries} times in a row, the last time because ${reason}. The package registries, or this host's way to them, are in trouble. When they answer again, resume.`;
  await store.epics.change(epic.id, { what, actor: null }, (now) => ({
    decision: isLast ? pauseUntilMended(now, told) : {},
    notes: [
      lease.note,
      { kind: "log", agent: null, what, detail: { landing: row.id, tries, reason } },
      ...(isLast ? [{ kind: "landing", landing: { ...row, state: "withdrawn" } } as const] : []),
    ],
    result: null,
  }));
  onLanding("landing.waits", { task: task.ordinal, tries, reason });
}
