import { budgetDayTurned } from "../domain/decide-budget.ts";
import { tellTrouble } from "../domain/decide-trouble.ts";
import type { Store } from "../ports/store.ts";

// What no request of an agent brings about, because none comes: a trouble to tell of, a new day.

export type WatchPorts = {
  readonly store: Pick<Store, "epics" | "modelCalls" | "modelTroubles">;
  /** What an installation may spend a day, in US dollars. */
  readonly dayBudget: number;
};

/**
 * Tells every open epic's people once when a long trouble began and once when it is over, and wakes
 * whom yesterday's budget held. Safe to repeat.
 *
 * @returns looks once; to be called again and again
 */
export function createModelWatch({ store, dayBudget }: WatchPorts): () => Promise<void> {
  return async () => {
    for (const { epicId, trouble } of await store.modelTroubles.untold()) {
      const what = `model trouble ${trouble.id} ${trouble.endedAt === null ? "began" : "ended"}`;
      await store.epics.change(epicId, { what, actor: null }, (view) => ({
        decision: tellTrouble(view, trouble),
        result: null,
      }));
    }
    for (const epicId of await store.modelCalls.freedByDay(dayBudget))
      await store.epics.change(epicId, { what: "a new day's budget", actor: null }, (view) => ({
        decision: budgetDayTurned(view),
        result: null,
      }));
  };
}
