import { sql, type UpdateObject } from "kysely";
import type { Inbox } from "../../ports/spine.ts";
import { type Db, guarded, type Tx } from "./database.ts";
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
    claim: (leaseMs, blocksMs = 0) =>
      guarded(() => db.transaction().execute((tx) => claim(tx, leaseMs, blocksMs))),
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
        settle(db, guid, { ...putOff(reason, delayMs), ...failing, postponed: oneMore }),
      ),
    early: (guid, reason, delayMs) =>
      guarded(() => settle(db, guid, { ...putOff(reason, delayMs), postponed: oneLook })),
    recallEarly: (githubId) =>
      guarded(async () => {
        await db
          .updateTable("deliveries")
          .set({ due_at: sql<Date>`now()` })
          .where("repository", "=", String(githubId))
          .where("state", "=", "waiting")
          .where("failing_since", "is", null)
          .where("claims", "=", 0)
          .where("due_at", ">", sql<Date>`now()`)
          .execute();
      }),
    failed: (guid, reason, retryInMs) =>
      guarded(() =>
        settle(db, guid, {
          attempts: sql<number>`attempts + 1`,
          error: reason,
          state: retryInMs === null ? "set_aside" : "waiting",
          due_at: inFuture(retryInMs ?? 0),
          ...failing,
        }),
      ),
  };
}

type DeliveryChange = UpdateObject<Database, "deliveries">;

/** Since when, for those who wait behind it. */
const failing = { failing_since: sql<Date>`coalesce(failing_since, now())` };

function putOff(reason: string, delayMs: number): DeliveryChange {
  return { error: reason, due_at: inFuture(delayMs) };
}

const oneMore = sql<number>`postponed + 1`;
/** What it waits for may be what fails meanwhile, for as long as that is tried. */
const oneLook = sql<number>`postponed + case when exists (
  select from deliveries as other
   where other.repository = deliveries.repository and other.state = 'waiting'
     and other.guid <> deliveries.guid and other.failing_since is not null) then 0 else 1 end`;

/** What came of a claim: it is nobody's any more, and the claims that count begin anew. */
async function settle(db: Db, guid: string, change: DeliveryChange): Promise<void> {
  await db
    .updateTable("deliveries")
    .set({ ...change, claims: 0 })
    .where("guid", "=", guid)
    .where("state", "=", "waiting")
    .execute();
}

/** Claims wait for each other, so that each sees what those before it took. */
const claimsLock = 4_104_001;

/**
 * Oldest first, and of one repository one at a time, so that what people did in an order is handled
 * in it. A claim that is not finished in time is anyone's again.
 */
async function claim(tx: Tx, leaseMs: number, blocksMs: number) {
  await sql`select pg_advisory_xact_lock(${claimsLock})`.execute(tx);
  const row = await tx
    .updateTable("deliveries")
    .set({ due_at: inFuture(leaseMs), claims: sql<number>`claims + 1` })
    .where("guid", "=", (query) =>
      query
        .selectFrom("deliveries as d")
        .select("guid")
        .where("state", "=", "waiting")
        .where("due_at", "<=", sql<Date>`now()`)
        .where(sql<boolean>`not exists (
          select from deliveries as other
           where other.repository = d.repository and other.state = 'waiting' and other.guid <> d.guid
             and (other.claims > 0 and other.due_at > now()
               or (other.received_at, other.guid) < (d.received_at, d.guid)
                 and (other.due_at <= now() or other.failing_since > ${inFuture(-blocksMs)})))`)
        .orderBy("received_at")
        .orderBy("guid")
        .limit(1),
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
