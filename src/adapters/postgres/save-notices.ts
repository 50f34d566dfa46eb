import type { Decision, NewBudget } from "../../domain/epic-view.ts";
import type { Tx } from "./database.ts";

/** Forgets what is over, then remembers what an epic's people are told now and not again. */
export async function saveNotices(
  tx: Tx,
  epicId: number,
  { notices = [], noticesOver = [] }: Pick<Decision, "notices" | "noticesOver">,
): Promise<void> {
  if (noticesOver.length > 0)
    await tx
      .deleteFrom("notices")
      .where("epic_id", "=", epicId)
      .where("notice", "in", [...noticesOver])
      .execute();
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
