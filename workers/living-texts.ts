import { type LivingTextContext, performLivingText } from "../src/effects/living-text.ts";
import type { GitHub } from "../src/ports/git-hub.ts";
import type { Store } from "../src/ports/store.ts";
import { renderStatus } from "../src/text/render-status.ts";

/** Longer than one request may take: nobody else makes a second comment meanwhile. */
const claimMs = 35_000;
const retryMs = 5_000;

export type LivingTextsPorts = {
  readonly store: Store;
  readonly github: GitHub;
  /** Least time between two edits of one text. */
  readonly intervalMs: number;
};

/** Brings every status comment that is behind to what is true now, at most so often each. */
export async function sendLivingTexts(ports: LivingTextsPorts): Promise<void> {
  const due = await ports.store.livingTexts.claimDue(claimMs);
  for (const text of due) await sendStatus(text, ports);
}

async function sendStatus(
  due: {
    readonly epicId: number;
    readonly wantedVersion: number;
    readonly commentId: number | null;
    readonly triedSince: string | null;
  },
  { store, github, intervalMs }: LivingTextsPorts,
): Promise<void> {
  const { epicId, wantedVersion: version, triedSince } = due;
  const { epic } = await store.epics.view(epicId);
  const { repository, issueNumber } = epic;
  const context: LivingTextContext = { epicId, repository, triedSince, github };
  const rendered = renderStatus(await store.epics.status(epicId));
  try {
    const text = { kind: "status", issueNumber, commentId: due.commentId } as const;
    const result = await performLivingText(text, rendered, context);
    const commentId = commentIdOf(result) ?? due.commentId;
    if (commentId === null) throw new Error(`the status comment of epic ${epicId} has no id`);
    await store.livingTexts.sent(epicId, { version, commentId, notBeforeMs: intervalMs });
  } catch (error) {
    await store.livingTexts.failed(epicId, retryMs);
    throw error;
  }
}

function commentIdOf(result: Awaited<ReturnType<typeof performLivingText>>): number | null {
  if (result.kind !== "done") return null;
  const made = result.facts.find((fact) => fact.kind === "statusCommentMade");
  return made?.commentId ?? null;
}
