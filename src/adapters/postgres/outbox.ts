import { sql } from "kysely";
import type { Effect } from "../../domain/effect.ts";
import type { Outbox, Postponement, QueuedEffect } from "../../ports/spine.ts";
import { type Db, guarded, iso, stale, type Tx } from "./database.ts";
import { inFuture } from "./inbox.ts";
import { showPlaces } from "./places.ts";

/** The outbox in PostgreSQL: lanes claimed by epoch, effects taken in order of commit. */
export function createOutbox(db: Db): Outbox {
  return {
    claimLane: (lane, holder, leaseMs) => guarded(() => claimLane(db, lane, holder, leaseMs)),
    renewLane: (lane, epoch, leaseMs) =>
      guarded(async () => {
        const { numUpdatedRows } = await db
          .updateTable("lanes")
          .set({ held_until: inFuture(leaseMs) })
          .where("lane", "=", lane)
          .where("epoch", "=", epoch)
          .where("held_until", "is not", null)
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),
    releaseLane: (lane, epoch) =>
      guarded(async () => {
        await db
          .updateTable("lanes")
          .set({ holder: null, held_until: null })
          .where("lane", "=", lane)
          .where("epoch", "=", epoch)
          .execute();
      }),
    next: (lane, epoch) => guarded(() => db.transaction().execute((tx) => next(tx, lane, epoch))),
    postpone: (id, epoch, wait) => guarded(() => postpone(db, id, epoch, wait)),
    dueLanes: (prefix) => guarded(() => dueLanes(db, prefix)),
  };
}

/** `next` counted a try before anyone knew what it would be. */
const noTry = { attempts: sql<number>`attempts - 1` };

async function postpone(db: Db, id: number, epoch: number, wait: Postponement): Promise<void> {
  const { reason, delayMs, isLook, queuedFor = null } = wait;
  const isTry = !isLook && queuedFor === null;
  const before = await db
    .selectFrom("outbox")
    .select(["error", "queued_for"])
    .where("id", "=", id)
    .executeTakeFirst();
  await db
    .updateTable("outbox")
    .set({
      error: reason,
      due_at: inFuture(delayMs),
      queued_for: queuedFor,
      ...(isTry ? {} : noTry),
      ...(isLook ? { looks: sql<number>`looks + 1` } : {}),
    })
    .where("id", "=", id)
    .where("state", "=", "waiting")
    .where(
      sql<boolean>`exists (select from lanes where lanes.lane = outbox.lane and lanes.epoch = ${epoch})`,
    )
    .execute();
  const isNews = before?.queued_for !== queuedFor || before?.error !== reason;
  if (queuedFor !== null && isNews) await showPlaces(db);
}

/** Every claim is a new epoch, so that what an earlier holder still does is refused. */
async function claimLane(db: Db, lane: string, holder: string, leaseMs: number) {
  const row = await db
    .updateTable("lanes")
    .set({ holder, held_until: inFuture(leaseMs), epoch: sql<number>`epoch + 1` })
    .where("lane", "=", lane)
    .where((where) =>
      where.or([where("held_until", "is", null), where("held_until", "<", sql<Date>`now()`)]),
    )
    .returning("epoch")
    .executeTakeFirst();
  return row?.epoch ?? null;
}

async function next(tx: Tx, lane: string, epoch: number): Promise<QueuedEffect | null> {
  const held = await tx
    .selectFrom("lanes")
    .select("lane")
    .where("lane", "=", lane)
    .where("epoch", "=", epoch)
    .where("held_until", ">", sql<Date>`now()`)
    .forUpdate()
    .executeTakeFirst();
  if (!held) throw stale(`the lane ${lane}`);
  const first = await tx
    .selectFrom("outbox")
    .select(["id", "lane", "epic_id", "effect_key", "effect", "attempts", "looks"])
    .select("tried_since")
    .select([sql<boolean>`due_at <= now()`.as("isDue"), sql<Date>`now()`.as("now")])
    .where("lane", "=", lane)
    .where("state", "=", "waiting")
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  if (!first?.isDue) return null;
  await tx
    .updateTable("outbox")
    .set({
      attempts: sql<number>`attempts + 1`,
      tried_since: sql<Date>`coalesce(tried_since, now())`,
    })
    .where("id", "=", first.id)
    .execute();
  return {
    id: first.id,
    key: first.effect_key,
    lane: first.lane,
    epicId: first.epic_id,
    // Written by saveDecision from this very union, by this version or the one before it.
    effect: first.effect as Effect,
    attempts: first.attempts + 1,
    looks: first.looks,
    triedSince: first.tried_since === null ? null : iso(first.tried_since),
    now: iso(first.now),
  };
}

/** Lanes nobody holds whose first effect is due. */
async function dueLanes(db: Db, prefix: string): Promise<readonly string[]> {
  const { rows } = await sql<{ lane: string }>`
    select lanes.lane
      from lanes
      cross join lateral (
        select due_at from outbox
         where outbox.lane = lanes.lane and state = 'waiting'
         order by id limit 1) as first
     where lanes.lane like ${`${prefix}%`}
       and first.due_at <= now()
       and (lanes.held_until is null or lanes.held_until < now())`.execute(db);
  return rows.map((row) => row.lane);
}
