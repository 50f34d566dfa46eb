import type { NewBudget } from "../../domain/epic-view.ts";
import type { Tx } from "./database.ts";

/** Remembers what an epic's people are told now, so that they are not told again. */
export async function saveNotices(
  tx: Tx,
  epicId: number,
  notices: readonly string[],
): Promise<void> {
  if (notices.length === 0) return;
  await tx
    .insertInto("notices")
    .values(notices.map((notice) => ({ epic_id: epicId, notice })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Adds budgets that people set; earlier ones stay as history, the newest counts. */
export async function saveBudgets(
  tx: Tx,
  epicId: number,
  budgets: readonly NewBudget[],
): Promise<void> {
  if (budgets.length === 0) return;
  await tx
    .insertInto("budgets")
    .values(
      budgets.map(({ task, amount, by }) => ({
        epic_id: epicId,
        task,
        amount,
        by_id: by.id,
        by_login: by.login,
      })),
    )
    .execute();
}
