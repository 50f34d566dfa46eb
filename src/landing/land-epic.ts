import { pauseUntilMended } from "../domain/decide-epic.ts";
import { beginPublishing, type Landing, nextLanding, sendBack } from "../domain/decide-landing.ts";
import type { EpicView } from "../domain/epic-view.ts";
import { isRefusal } from "../domain/refusal.ts";
import type { Task } from "../domain/task.ts";
import { shortId } from "../lib/ids.ts";
import { PortError } from "../lib/port-error.ts";
import type { LandingRow } from "../ports/epics.ts";
import { neutraliseTitle } from "../text/neutralise-inline.ts";
import { verifyWasCutOff } from "./cut-off.ts";
import { landingOf } from "./landing-of.ts";
import type { LandingPorts } from "./landing-ports.ts";
import { type Lease, withLease } from "./lease.ts";
import { publish } from "./publish.ts";
import { verdictOf } from "./verdict.ts";
import { waitForRegistries } from "./wait-for-registries.ts";

type Approved = Extract<Task, { state: "APPROVED" }>;

/** Bounds one run: an epic has at most as many entries as tasks, each may be retried a few times. */
const maxLandingsPerRun = 200;

/**
 * Lands what is at the front of an epic's merge queue, one after another, while it is approved.
 * Woken by approvals, landings and a tick; it reads what is true. Whoever does not hold the lease
 * does nothing.
 */
export async function landEpic(epicId: number, ports: LandingPorts): Promise<void> {
  if (nextLanding(await ports.store.epics.view(epicId)) === null) return;
  await withLease(`landing/${epicId}`, ports, async (lease) => {
    for (let done = 0; done < maxLandingsPerRun; done += 1) {
      const view = await ports.store.epics.view(epicId);
      const next = nextLanding(view);
      if (next === null) return;
      if (!(await step(view, next, lease, ports))) return;
    }
  });
}

/** What no retry mends is told to people: the next tick would only fail the same way (Q6). */
async function step(
  view: EpicView,
  next: Landing,
  lease: Lease,
  ports: LandingPorts,
): Promise<boolean> {
  try {
    if (next.state === "APPROVED") return await tryLanding(view, next, lease, ports);
    await publish(view, next, lease, ports);
    return true;
  } catch (error) {
    if (!(error instanceof PortError) || error.retryable || error.port === "postgres") throw error;
    await pauseForPerson(view, next, lease, ports, error.message);
    return false;
  }
}

async function pauseForPerson(
  view: EpicView,
  task: Task,
  lease: Lease,
  { store, onLanding }: LandingPorts,
  why: string,
): Promise<void> {
  const reason = `Task ${task.ordinal} cannot land: ${why}`;
  await store.epics.change(view.epic.id, landingOf(task), (now) => ({
    decision: pauseUntilMended(now, reason),
    notes: [lease.note],
    result: null,
  }));
  onLanding("landing.paused", { task: task.ordinal, why });
}

/** Makes the tree that will land, verifies exactly that tree, and begins to publish it (Q3). */
async function tryLanding(
  view: EpicView,
  task: Approved,
  lease: Lease,
  ports: LandingPorts,
): Promise<boolean> {
  const { git, store } = ports;
  const { repository, branch } = view.epic;
  await git.fetch(repository);
  const tipSha = await git.remoteTip(repository, branch);
  if (tipSha === null) {
    const why = `the epic branch ${branch} is gone. Restore it, then resume the epic.`;
    await pauseForPerson(view, task, lease, ports, why);
    return false;
  }
  const row = await landingRow(view, task, tipSha, lease, ports);
  const merge = await git.mergeTree(repository, tipSha, task.approvedSha);
  if (merge.kind === "conflict") {
    await back(view, task, { ...row, state: "sentBack" }, lease, ports, {
      cause: "conflict",
      files: merge.files,
      output: merge.output,
    });
    return true;
  }
  const verdict = await verdictOf(
    view,
    { tip: tipSha, tree: merge.tree, task: task.ordinal },
    ports,
  );
  if (verdict.kind === "cutOff") {
    await verifyWasCutOff(view, { task, row, reason: verdict.reason }, lease, ports);
    return false;
  }
  if (verdict.kind === "waits") {
    await waitForRegistries(view, { task, row, waits: verdict }, lease, ports);
    return false;
  }
  if (verdict.kind === "noCommand") {
    await askHowToVerify(view, task, row, lease, ports);
    return false;
  }
  if (verdict.kind === "failed") {
    await back(view, task, { ...row, treeSha: merge.tree, state: "sentBack" }, lease, ports, {
      cause: "verifyFailed",
      files: [],
      output: verdict.output,
    });
    return true;
  }
  const mergeSha = await git.commitTree(repository, {
    tree: merge.tree,
    parents: [tipSha, task.approvedSha],
    message: mergeMessage(view, task),
    at: row.startedAt,
  });
  await git.push(repository, { sha: mergeSha, ref: hiddenRef(view, row), expected: null });
  const landing: LandingRow = { ...row, treeSha: merge.tree, mergeSha, state: "publishing" };
  const refusal = await store.epics.change(view.epic.id, landingOf(task), (now) => {
    const decision = beginPublishing(now, {
      task: task.ordinal,
      headSha: task.approvedSha,
      mergeSha,
    });
    const refused = isRefusal(decision);
    return {
      decision: refused ? {} : decision,
      notes: [
        lease.note,
        { kind: "landing", landing: refused ? { ...landing, state: "withdrawn" } : landing },
      ],
      result: refused ? decision : null,
    };
  });
  if (refusal) ports.onLanding("landing.withdrawn", { task: task.ordinal, why: refusal.detail });
  return true;
}

/** An attempt cut short by a crash on the same tip and head goes on under its own row and date. */
async function landingRow(
  view: EpicView,
  task: Approved,
  tipSha: string,
  lease: Lease,
  { store }: LandingPorts,
): Promise<LandingRow> {
  const earlier = await store.landings.unfinished(view.epic.id, task.ordinal);
  const goesOn = earlier?.tipSha === tipSha && earlier.headSha === task.approvedSha;
  const row: LandingRow = {
    id: goesOn ? earlier.id : shortId(),
    task: task.ordinal,
    headSha: task.approvedSha,
    tipSha,
    treeSha: null,
    mergeSha: null,
    state: "merging",
    leaseEpoch: lease.epoch,
    startedAt: goesOn ? earlier.startedAt : new Date().toISOString(),
  };
  await store.epics.change(view.epic.id, landingOf(task), () => ({
    decision: {},
    notes: [lease.note, { kind: "landing", landing: row }],
    result: null,
  }));
  return row;
}

/** Nothing lands that was not tested: without a command a person has to say one. */
async function askHowToVerify(
  view: EpicView,
  task: Task,
  row: LandingRow,
  lease: Lease,
  { store, onLanding }: LandingPorts,
): Promise<void> {
  const reason =
    "nothing says how this repository is verified: give its package.json a test script, or set VERIFY_COMMAND.";
  await store.epics.change(view.epic.id, landingOf(task), (now) => ({
    decision: pauseUntilMended(now, reason),
    notes: [lease.note, { kind: "landing", landing: { ...row, state: "withdrawn" } }],
    result: null,
  }));
  onLanding("landing.unverifiable", { task: task.ordinal });
}

async function back(
  view: EpicView,
  task: Approved,
  landing: LandingRow,
  lease: Lease,
  { store, onLanding }: LandingPorts,
  why: {
    readonly cause: "conflict" | "verifyFailed";
    readonly files: readonly string[];
    readonly output: string;
  },
): Promise<void> {
  await store.epics.change(view.epic.id, landingOf(task), (now) => ({
    decision: sendBack(now, { task: task.ordinal, headSha: task.approvedSha, ...why }),
    notes: [lease.note, { kind: "landing", landing }],
    result: null,
  }));
  onLanding("landing.sentBack", { task: task.ordinal, cause: why.cause, files: why.files });
}

/** Outside heads and tags: nothing is triggered, and the objects are on GitHub before they count. */
function hiddenRef(view: EpicView, row: LandingRow): string {
  return `refs/factory/landings/epic-${view.epic.issueNumber}/${row.id}`;
}

function mergeMessage(view: EpicView, task: Task): string {
  const { epic } = view;
  const pull = task.pullRequest === null ? "" : ` (pull request ${task.pullRequest})`;
  return `Land task ${task.issueNumber ?? task.ordinal}${pull} on ${epic.branch}\n\n${neutraliseTitle(task.title)}\n\nFactoryFactory-Epic: #${epic.issueNumber}\nFactoryFactory-Task: #${task.issueNumber ?? task.ordinal}\n`;
}
