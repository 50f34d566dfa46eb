import { budgetDayTurned } from "../domain/decide-budget.ts";
import { tellTrouble } from "../domain/decide-trouble.ts";
import type { Store } from "../ports/store.ts";

// What no request of an agent brings about, because none comes: a trouble to tell of, a call
// whose process died, a new day.

export type WatchPorts = {
  readonly store: Pick<Store, "epics" | "modelCalls" | "modelTroubles">;
  /** What an installation may spend a day, in US dollars. */
  readonly dayBudget: number;
  /** No call lasts longer: the process that held it is gone, and nobody knows what it cost. */
  readonly reservationMs: number;
};

/**
 * Tells every open epic's people once when a long trouble began and once when it is over, books
 * calls that nobody can book any more at what they may have cost, and wakes whom yesterday's budget
 * held. Safe to repeat.
 *
 * @returns looks once; to be called again and again
 */
export function createModelWatch({
  store,
  dayBudget,
  reservationMs,
}: WatchPorts): () => Promise<void> {
  return async () => {
    for (const { epicId, trouble } of await store.modelTroubles.untold()) {
      const what = `model trouble ${trouble.id} ${trouble.endedAt === null ? "began" : "ended"}`;
      await store.epics.change(epicId, { what, actor: null }, (view) => ({
        decision: tellTrouble(view, trouble),
        result: null,
      }));
    }
    for (const call of await store.modelCalls.left(reservationMs))
      await store.modelCalls.record(call);
    for (const epicId of await store.modelCalls.freedByDay(dayBudget))
      await store.epics.change(epicId, { what: "a new day's budget", actor: null }, (view) => ({
        decision: budgetDayTurned(view),
        result: null,
      }));
  };
}
