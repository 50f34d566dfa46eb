import { tellOverdue } from "../src/domain/decide-overdue.ts";
import type { Store } from "../src/ports/store.ts";

/** Asks the supervisors of tasks that take longer than their limit to decide (R1). */
export async function tellOverdueTasks(
  { health, epics }: Pick<Store, "health" | "epics">,
  limitMs: number,
): Promise<void> {
  for (const overdue of await health.overdue(limitMs))
    await epics.change(overdue.epicId, { what: "task takes long", actor: null }, (view) => ({
      decision: tellOverdue(view, overdue, limitMs),
      result: null,
    }));
}
