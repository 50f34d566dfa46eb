import { sql } from "kysely";
import type { Leases } from "../../ports/spine.ts";
import { type Db, guarded } from "./database.ts";
import { inFuture } from "./inbox.ts";

/** Leases in PostgreSQL; they expire by the database's clock. */
export function createLeases(db: Db): Leases {
  return {
    take: (key, holder, leaseMs) => guarded(() => take(db, key, holder, leaseMs)),
    renew: (key, epoch, leaseMs) =>
      guarded(async () => {
        const { numUpdatedRows } = await db
          .updateTable("leases")
          .set({ expires_at: inFuture(leaseMs) })
          .where("key", "=", key)
          .where("epoch", "=", epoch)
          .where("expires_at", ">", sql<Date>`now()`)
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),
    release: (key, epoch) =>
      guarded(async () => {
        await db
          .updateTable("leases")
          .set({ expires_at: sql<Date>`now()`, holder: null })
          .where("key", "=", key)
          .where("epoch", "=", epoch)
          .execute();
      }),
  };
}

async function take(db: Db, key: string, holder: string, leaseMs: number) {
  const row = await db
    .insertInto("leases")
    .values({ key, holder, epoch: 1, expires_at: inFuture(leaseMs) })
    .onConflict((conflict) =>
      conflict
        .column("key")
        .doUpdateSet({
          holder,
          epoch: sql<number>`leases.epoch + 1`,
          expires_at: inFuture(leaseMs),
        })
        .where("leases.expires_at", "<=", sql<Date>`now()`),
    )
    .returning("epoch")
    .executeTakeFirst();
  return row?.epoch ?? null;
}
