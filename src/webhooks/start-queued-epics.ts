import { beginEpic } from "../domain/decide-epic.ts";
import type { Decision, EpicView } from "../domain/epic-view.ts";
import { type EpicLimits, type EpicPlace, holdEpic, placeEpics } from "../domain/queue-epics.ts";
import type { ProfileRules } from "../domain/resolve-profile.ts";
import type { Cause } from "../ports/epics.ts";
import type { Store } from "../ports/store.ts";

export type QueueSettings = {
  readonly epicLimits: EpicLimits;
  readonly profileRules: ProfileRules;
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
  for (const place of placeEpics(queued, loads, settings.epicLimits))
    await epics.change(place.epicId, causeOf(place.epicId), (view) => ({
      decision: decisionAt(place, view, settings),
      result: null,
    }));
}

function decisionAt(place: EpicPlace, view: EpicView, { profileRules }: QueueSettings): Decision {
  switch (place.kind) {
    case "starts":
      return beginEpic(view, profileRules.profiles.supervisor);
    case "waits":
      return holdEpic(view, place);
    default:
      return place satisfies never;
  }
}
