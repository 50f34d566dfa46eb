import { sql } from "kysely";
import type { Inbox } from "../../ports/spine.ts";
import { type Db, guarded } from "./database.ts";

/** The inbox in PostgreSQL: stored once by delivery id, claimed oldest first. */
export function createInbox(db: Db): Inbox {
  return {
    store: (delivery) =>
      guarded(async () => {
        const { numInsertedOrUpdatedRows } = await db
          .insertInto("deliveries")
          .values({ ...delivery, payload: JSON.stringify(delivery.payload) })
          .onConflict((conflict) => conflict.column("guid").doNothing())
          .executeTakeFirst();
        return numInsertedOrUpdatedRows === 0n ? "known" : "stored";
      }),
    claim: (leaseMs) => guarded(() => claim(db, leaseMs)),
    done: (guid) =>
      guarded(async () => {
        await db
          .updateTable("deliveries")
          .set({ state: "done" })
          .where("guid", "=", guid)
          .execute();
      }),
    failed: (guid, reason, retryInMs) =>
      guarded(async () => {
        await db
          .updateTable("deliveries")
          .set({
            error: reason,
            state: retryInMs === null ? "set_aside" : "waiting",
            due_at: inFuture(retryInMs ?? 0),
          })
          .where("guid", "=", guid)
          .where("state", "=", "waiting")
          .execute();
      }),
  };
}

/** Oldest first. A claim that is not finished in time is anyone's again. */
async function claim(db: Db, leaseMs: number) {
  const row = await db
    .updateTable("deliveries")
    .set({ due_at: inFuture(leaseMs), attempts: sql<number>`attempts + 1` })
    .where("guid", "=", (query) =>
      query
        .selectFrom("deliveries")
        .select("guid")
        .where("state", "=", "waiting")
        .where("due_at", "<=", sql<Date>`now()`)
        .orderBy("received_at")
        .orderBy("guid")
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .returning(["guid", "event", "action", "payload", "attempts"])
    .executeTakeFirst();
  return row ?? null;
}

/** The database's own clock, so many milliseconds from now. */
export function inFuture(ms: number) {
  return sql<Date>`now() + ${ms} * interval '1 millisecond'`;
}
