import { landed, publishingLost, publishingRefused } from "../domain/decide-landing.ts";
import { epicHasEnded } from "../domain/epic.ts";
import type { Decision, EpicView } from "../domain/epic-view.ts";
import type { Task } from "../domain/task.ts";
import { PortError } from "../lib/port-error.ts";
import type { LandingRow } from "../ports/epics.ts";
import type { Git } from "../ports/git.ts";
import { landingOf } from "./landing-of.ts";
import type { LandingPorts } from "./landing-ports.ts";
import type { Lease } from "./lease.ts";

type Publishing = Extract<Task, { state: "PUBLISHING" }>;

/** What became of a push to the epic branch; `refusal` when a rule spoke against it. */
type Outcome = { readonly isThere: boolean; readonly tip: string; readonly refusal: string | null };

/** Only the remote branch decides from here; whoever holds the lease finishes the same push (Q2a). */
export async function publish(
  view: EpicView,
  task: Publishing,
  lease: Lease,
  { git, store, onLanding }: LandingPorts,
): Promise<void> {
  const { id } = view.epic;
  const row = await store.landings.publishing(id, task.mergeSha);
  if (row === null)
    throw new Error(`task ${task.ordinal} of epic ${id} is being published without a landing`);
  const outcome = await pushed(view, task, row, git);
  const state = outcome.isThere ? "landed" : "withdrawn";
  await store.epics.change(id, landingOf(task), (now) => ({
    decision: decisionOn(now, task, row, outcome),
    notes: [lease.note, { kind: "landing", landing: { ...row, state } }],
    result: null,
  }));
  onLanding(outcome.isThere ? "landing.landed" : "landing.lost", {
    task: task.ordinal,
    sha: task.mergeSha,
    ...(outcome.refusal === null ? {} : { refused: outcome.refusal }),
  });
}

function decisionOn(
  now: EpicView,
  task: Publishing,
  row: LandingRow,
  { isThere, tip, refusal }: Outcome,
): Decision {
  if (isThere) return landed(now, task.ordinal);
  // Elsewhere than we left it, the branch may take the next attempt: a pause would be rash.
  if (refusal !== null && tip === row.tipSha)
    return publishingRefused(now, task.ordinal, { tipSha: tip, reason: refusal });
  return publishingLost(now, task.ordinal, tip);
}

/** Asks the branch afterwards, whatever the push says: a refusal may follow an earlier arrival. */
async function pushed(
  view: EpicView,
  task: Publishing,
  row: LandingRow,
  git: Git,
): Promise<Outcome> {
  const { repository, branch } = view.epic;
  if (epicHasEnded(view.epic)) return await found(view, task, row, git);
  const ref = `refs/heads/${branch}`;
  let refusal: string | null = null;
  try {
    const answer = await git.push(repository, { sha: task.mergeSha, ref, expected: row.tipSha });
    if (answer === "pushed") return { isThere: true, tip: task.mergeSha, refusal };
  } catch (error) {
    if (!(error instanceof PortError) || error.retryable) throw error;
    refusal = error.message;
  }
  const tip = await git.remoteTip(repository, branch);
  if (tip === null) return { isThere: false, tip: row.tipSha, refusal: null };
  return { isThere: await holds(view, tip, task.mergeSha, git), tip, refusal };
}

/** An ended epic's branch takes nothing more. It may be deleted, with all of it on the base branch. */
async function found(
  view: EpicView,
  task: Publishing,
  row: LandingRow,
  git: Git,
): Promise<Outcome> {
  const { repository, branch, baseBranch } = view.epic;
  const tip =
    (await git.remoteTip(repository, branch)) ?? (await git.remoteTip(repository, baseBranch));
  if (tip === null) return { isThere: false, tip: row.tipSha, refusal: null };
  const isThere = await holds(view, tip, task.mergeSha, git);
  return { isThere, tip, refusal: null };
}

async function holds(view: EpicView, tip: string, sha: string, git: Git): Promise<boolean> {
  await git.fetch(view.epic.repository);
  return await git.isAncestor(view.epic.repository, sha, tip);
}
