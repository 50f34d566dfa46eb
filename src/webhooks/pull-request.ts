import { z } from "zod";
import { cancelAsClosed, completeEpic } from "../domain/decide-epic.ts";
import type { Actor } from "../domain/epic.ts";
import type { Decision, EpicView } from "../domain/epic-view.ts";
import { isRefusal } from "../domain/refusal.ts";
import { actorOf, defineWebhook, envelope, repositoryOf } from "./define-webhook.ts";

/** The epic pull request was merged by a human, or closed without merging (L11). */
export const pullRequestClosed = defineWebhook({
  events: ["pull_request.closed"],
  payload: z.object({ ...envelope, pull_request: z.object({ number: z.number() }) }),
  handle: async (payload, { store, github, onOutcome }, guid) => {
    const repository = await repositoryOf(payload, store);
    const known = await store.epics.known(repository, payload.pull_request.number);
    if (known?.is !== "epicPullRequest") return;
    const pull = await github.pullRequest(repository, payload.pull_request.number);
    // Reopened meanwhile: what is true now decides.
    if (pull?.state !== "closed") return;
    const by = actorOf(payload.sender);
    await store.epics.change(
      known.epicId,
      { what: `delivery ${guid}`, actor: by.login },
      (view) => ({ decision: decide(view, pull, by), result: null }),
    );
    onOutcome("epic.pullRequestClosed", { epic: known.epicId, merged: pull.merged });
  },
});

function decide(
  view: EpicView,
  pull: { readonly merged: boolean; readonly mergeSha: string | null; readonly number: number },
  by: Actor,
): Decision {
  if (pull.merged) return completeEpic(view, pull.mergeSha ?? "");
  const reason = `${by.login} closed pull request #${pull.number} without merging it`;
  const decision = cancelAsClosed(view, { by, reason });
  return isRefusal(decision) ? {} : decision;
}
