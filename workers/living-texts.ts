import type { Logger } from "pino";
import type { EpicView } from "../src/domain/epic-view.ts";
import { retryInMs } from "../src/effects/failure.ts";
import { type LivingTextContext, performLivingText } from "../src/effects/living-text.ts";
import { PortError } from "../src/lib/port-error.ts";
import type { GitHub } from "../src/ports/git-hub.ts";
import type { LivingTexts } from "../src/ports/spine.ts";
import type { Store } from "../src/ports/store.ts";
import { renderEpicPullRequest } from "../src/text/render-pull-request.ts";
import { renderStatus } from "../src/text/render-status.ts";
import { runLogged } from "./define-worker.ts";

/** Longer than the requests of one epic may take: nobody else makes a second comment meanwhile. */
const claimMs = 65_000;
const retryMs = 5_000;

export type LivingTextsPorts = {
  readonly store: Store;
  readonly github: GitHub;
  /** Least time between two edits of one text. */
  readonly intervalMs: number;
  /** Whether agents of this host run without cells: said before the first of them does. */
  readonly isWithoutCells?: boolean;
  readonly log: Logger;
};

type Due = Awaited<ReturnType<LivingTexts["claimDue"]>>[number];

/**
 * Brings every epic's status comment and pull request that are behind to what is true now, at most
 * so often each. One that fails delays no other.
 */
export async function sendLivingTexts(ports: LivingTextsPorts): Promise<void> {
  const due = await ports.store.livingTexts.claimDue(claimMs);
  for (const text of due)
    await runLogged(`texts epic/${text.epicId}`, () => sendTexts(text, ports), ports.log);
}

async function sendTexts(due: Due, ports: LivingTextsPorts): Promise<void> {
  const { epicId, wantedVersion: version } = due;
  const { livingTexts, epics } = ports.store;
  try {
    const view = await epics.view(epicId);
    const made = await unlessRefused("status", due, ports, () => sendStatus(due, view, ports));
    await unlessRefused("pull request", due, ports, () => sendPullRequest(view, ports));
    const commentId = made ?? due.commentId;
    await livingTexts.sent(epicId, { version, commentId, notBeforeMs: ports.intervalMs });
  } catch (error) {
    await livingTexts.failed(epicId, Math.max(retryMs, retryInMs(error)));
    throw error;
  }
}

/** What GitHub refuses it refuses again: the text rests until there is something new to say. */
async function unlessRefused(
  text: string,
  { epicId }: Due,
  { log }: LivingTextsPorts,
  send: () => Promise<number | null>,
): Promise<number | null> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof PortError) || error.port !== "github" || error.retryable) throw error;
    log.error({ epic: epicId, text, reason: error.message }, "text.refused");
    return null;
  }
}

/** @returns the comment's id when it is new */
async function sendStatus(
  { epicId, commentId, triedSince }: Due,
  { epic }: EpicView,
  { store, github, isWithoutCells = false }: LivingTextsPorts,
): Promise<number | null> {
  const { repository, issueNumber } = epic;
  const context: LivingTextContext = { epicId, repository, triedSince, github };
  const status = await store.epics.status(epicId);
  const rendered = renderStatus(isWithoutCells ? { ...status, cellLevel: "none" } : status);
  const text = { kind: "status", issueNumber, commentId } as const;
  return commentIdOf(await performLivingText(text, rendered, context));
}

async function sendPullRequest(
  { epic, tasks }: EpicView,
  { github }: LivingTextsPorts,
): Promise<null> {
  const { id: epicId, repository, pullRequest: number } = epic;
  if (number === null) return null;
  const context: LivingTextContext = { epicId, repository, triedSince: null, github };
  const rendered = renderEpicPullRequest(epic, tasks);
  await performLivingText({ kind: "epicPullRequest", number }, rendered, context);
  return null;
}

function commentIdOf(result: Awaited<ReturnType<typeof performLivingText>>): number | null {
  if (result.kind !== "done") return null;
  const made = result.facts.find((fact) => fact.kind === "statusCommentMade");
  return made?.commentId ?? null;
}
