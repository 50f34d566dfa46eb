import { sql } from "kysely";
import { z } from "zod";
import type { LifeIdentity } from "../../domain/agent.ts";
import { roles } from "../../domain/states.ts";
import type { ModelCall, Reservation } from "../../ports/model-calls.ts";
import type { Db } from "./database.ts";
import { inFuture } from "./inbox.ts";
import { agentKeyOf } from "./noun-rows.ts";
import { type ReadStanding, readStanding } from "./read-standing.ts";

const role = z.enum(roles);
/** Nobody answered: the process that held the call is gone. */
const lostStatus = 500;
const mostAtOnce = 200;

/** What a call that asks wants kept, and for how long without a word of its process. */
type Wanted = {
  /** Pure, as it may be asked again; null keeps nothing. */
  readonly of: (read: ReadStanding) => Reservation | null;
  readonly leaseMs: number;
};

/**
 * Reads what stands and keeps what is wanted, one call of an installation after the other: parallel
 * calls see each other's reservations. Idempotent by the call's id.
 *
 * @returns what stood before; null when there is no such agent
 */
export async function admitCall(
  db: Db,
  life: LifeIdentity,
  wanted: Wanted,
): Promise<ReadStanding | null> {
  return await db.transaction().execute(async (tx) => {
    // By itself: a later statement sees what those before in the line have kept.
    await sql`
      select pg_advisory_xact_lock(hashtext('model calls ' || repositories.installation_id))
      from epics join repositories on repositories.id = epics.repository_id
      where epics.id = ${life.epicId}`.execute(tx);
    const read = await readStanding(tx, life);
    const reservation = read && wanted.of(read);
    if (reservation) await keep(tx, life, { ...reservation, leaseMs: wanted.leaseMs });
    return read;
  });
}

async function keep(
  db: Db,
  life: LifeIdentity,
  wanted: Reservation & Pick<Wanted, "leaseMs">,
): Promise<void> {
  await sql`
    insert into model_reservations (call_id, installation_id, epic_id, agent, task, life, role, model,
      tokens_in, tokens_out, cost, counted, likely, foreseen_read, held_until)
    select ${wanted.callId}::uuid, repositories.installation_id, epics.id, ${life.agent},
      ${life.task}::integer, ${life.life}::integer, ${life.role}, ${wanted.model},
      ${wanted.tokensIn}::bigint, ${wanted.tokensOut}::bigint, ${wanted.cost}::numeric,
      ${wanted.counted}::numeric, ${wanted.likely}::numeric,
      ${wanted.cachedTokens}::bigint, ${inFuture(wanted.leaseMs)}
    from epics join repositories on repositories.id = epics.repository_id
    where epics.id = ${life.epicId}
    on conflict (call_id) do nothing`.execute(db);
}

/** A call that cost nothing holds nothing any more. */
export async function releaseCall(db: Db, callId: string): Promise<void> {
  await db.deleteFrom("model_reservations").where("call_id", "=", callId).execute();
}

/** Calls that their process still holds; those booked meanwhile are left alone. */
export async function renewCalls(
  db: Db,
  callIds: readonly string[],
  leaseMs: number,
): Promise<void> {
  await db
    .updateTable("model_reservations")
    .set({ held_until: inFuture(leaseMs) })
    .where("call_id", "in", callIds)
    .execute();
}

/**
 * Calls whose lease is over, or kept for longer than any lasts, as they are to be booked. Those of
 * processes of before there were leases have none.
 *
 * @param olderThanMs by the database's clock; null: only those whose lease is over
 */
export async function callsLeft(db: Db, olderThanMs: number | null): Promise<readonly ModelCall[]> {
  const rows = await db
    .selectFrom("model_reservations")
    .selectAll()
    .select(sql<number>`extract(epoch from now() - reserved_at)::float8 * 1000`.as("age_ms"))
    .where(sql<boolean>`held_until < now()
      or reserved_at < now() - ${olderThanMs}::float8 * interval '1 ms'`)
    .orderBy("reserved_at")
    .limit(mostAtOnce)
    .execute();
  return rows.map((row) => ({
    callId: row.call_id,
    life: {
      epicId: row.epic_id,
      agent: agentKeyOf(row.agent),
      role: role.parse(row.role),
      task: row.task,
      life: row.life,
    },
    model: row.model,
    ...{ status: lostStatus, attempt: 1, latencyMs: row.age_ms },
    ...{ tokensIn: row.tokens_in, tokensOut: row.tokens_out },
    ...{ cacheRead: 0, cacheWritten: 0, cacheWritten1h: 0 },
    ...{ cost: row.cost, counted: row.counted },
  }));
}
