import { budgetDayTurned } from "../domain/decide-budget.ts";
import { type ModelTrouble, tellTrouble } from "../domain/decide-trouble.ts";
import type { Store } from "../ports/store.ts";

// What no request of an agent brings about, because none comes: a trouble to tell of, a new day.

export type WatchPorts = {
  readonly store: Pick<Store, "epics" | "modelCalls" | "modelTroubles">;
  /** What an installation may spend a day, in US dollars. */
  readonly dayBudget: number;
};

/**
 * Tells every open epic's people once when a long trouble began and once when it is over, and wakes
 * whom yesterday's budget held. Safe to repeat; whoever was told is asked for once per process.
 *
 * @returns looks once; to be called again and again
 */
export function createModelWatch({ store, dayBudget }: WatchPorts): () => Promise<void> {
  const told = new Set<string>();
  return async () => {
    const trouble = await store.modelTroubles.newest();
    if (trouble) await tellEverybody(trouble, told, store);
    for (const epicId of await store.modelCalls.freedByDay(dayBudget))
      await store.epics.change(epicId, { what: "a new day's budget", actor: null }, (view) => ({
        decision: budgetDayTurned(view),
        result: null,
      }));
  };
}

async function tellEverybody(
  trouble: ModelTrouble,
  told: Set<string>,
  { epics }: WatchPorts["store"],
): Promise<void> {
  const phase = `${trouble.id} ${trouble.endedAt === null ? "began" : "ended"}`;
  if (told.has(phase) && trouble.endedAt !== null) return;
  for (const epicId of await epics.openIds()) {
    const key = `${phase} ${epicId}`;
    if (told.has(key)) continue;
    await epics.change(epicId, { what: `model trouble ${phase}`, actor: null }, (view) => ({
      decision: tellTrouble(view, trouble),
      result: null,
    }));
    told.add(key);
  }
  // Over is over: nobody opens an epic into it any more.
  if (trouble.endedAt === null) return;
  told.clear();
  told.add(phase);
}
