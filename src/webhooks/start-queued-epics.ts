import type { Decision, EpicView } from "../domain/epic-view.ts";
import { type EpicLimits, type EpicPlace, holdEpic, placeEpics } from "../domain/queue-epics.ts";
import { beginOrAsk, type EarlierEpic } from "../domain/repeated-epic.ts";
import type { ProfileRules } from "../domain/resolve-profile.ts";
import type { Cause } from "../ports/epics.ts";
import type { Store } from "../ports/store.ts";

export type QueueSettings = {
  readonly epicLimits: EpicLimits;
  readonly profileRules: ProfileRules;
  /** Words in common from which the orchestrator is asked whether an epic repeats another. */
  readonly repeatedEpicPercent: number;
};

/**
 * Begins labelled epics in their order, as many as may be at work; the people of the others hear
 * once at which place they wait (G6, H9c). Who looks at the same time finds the same ones.
 *
 * @param causeOf why an epic begins or waits; a tick's look has no cause but the line itself
 */
export async function startQueuedEpics(
  { epics, places }: Pick<Store, "epics" | "places">,
  settings: QueueSettings,
  causeOf: (epicId: number) => Cause = () => ({ what: "epics in line", actor: null }),
): Promise<void> {
  const { queued, loads } = await places.epics();
  for (const place of placeEpics(queued, loads, settings.epicLimits)) {
    const earlier = place.kind === "starts" ? await epics.earlier(place.epicId) : [];
    await epics.change(place.epicId, causeOf(place.epicId), (view) => ({
      decision: decisionAt({ ...place, earlier }, view, settings),
      result: null,
    }));
  }
}

function decisionAt(
  { earlier, ...place }: EpicPlace & { readonly earlier: readonly EarlierEpic[] },
  view: EpicView,
  { profileRules, repeatedEpicPercent: askPercent }: QueueSettings,
): Decision {
  switch (place.kind) {
    case "starts":
      return beginOrAsk(view, profileRules.profiles.supervisor, { earlier, askPercent });
    case "waits":
      return holdEpic(view, place);
    default:
      return place satisfies never;
  }
}
