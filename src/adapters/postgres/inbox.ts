import { sql, type UpdateObject } from "kysely";
import type { Inbox } from "../../ports/spine.ts";
import { type Db, guarded } from "./database.ts";
import type { Database } from "./schema.ts";

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
    postponed: (guid, reason, delayMs) =>
      guarded(() =>
        settle(db, guid, {
          postponed: sql<number>`postponed + 1`,
          error: reason,
          due_at: inFuture(delayMs),
        }),
      ),
    failed: (guid, reason, retryInMs) =>
      guarded(() =>
        settle(db, guid, {
          attempts: sql<number>`attempts + 1`,
          error: reason,
          state: retryInMs === null ? "set_aside" : "waiting",
          due_at: inFuture(retryInMs ?? 0),
        }),
      ),
  };
}

type DeliveryChange = UpdateObject<Database, "deliveries">;

/** What came of a claim: it is nobody's any more, and the claims that count begin anew. */
async function settle(db: Db, guid: string, change: DeliveryChange): Promise<void> {
  await db
    .updateTable("deliveries")
    .set({ ...change, claims: 0, failing_since: sql<Date>`coalesce(failing_since, now())` })
    .where("guid", "=", guid)
    .where("state", "=", "waiting")
    .execute();
}

/** Oldest first. A claim that is not finished in time is anyone's again. */
async function claim(db: Db, leaseMs: number) {
  const row = await db
    .updateTable("deliveries")
    .set({ due_at: inFuture(leaseMs), claims: sql<number>`claims + 1` })
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
    .returning(["guid", "event", "action", "payload", "attempts", "postponed", "claims"])
    .returning(
      sql<number>`coalesce(extract(epoch from now() - failing_since) * 1000, 0)`.as("failingForMs"),
    )
    .executeTakeFirst();
  return row ?? null;
}

/** The database's own clock, so many milliseconds from now. */
export function inFuture(ms: number) {
  return sql<Date>`now() + ${ms} * interval '1 millisecond'`;
}
