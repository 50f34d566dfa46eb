import { sql } from "kysely";
import { z } from "zod";
import type { LifeIdentity } from "../../domain/agent.ts";
import { roles } from "../../domain/states.ts";
import type { CallStanding, ModelCall, Reservation } from "../../ports/agents.ts";
import type { Db } from "./database.ts";
import { agentKeyOf } from "./noun-rows.ts";
import { readStanding } from "./read-standing.ts";

const role = z.enum(roles);
/** Nobody answered: the process that held the call is gone. */
const lostStatus = 500;
const mostAtOnce = 200;

/**
 * Reads what stands and keeps what `wants` answers to it, one call of an installation after the
 * other: parallel calls see each other's reservations. Idempotent by the call's id.
 *
 * @param wants pure, as it may be asked again; null keeps nothing
 * @returns what stood before; null when there is no such agent
 */
export async function admitCall(
  db: Db,
  life: LifeIdentity,
  wants: (standing: CallStanding) => Reservation | null,
): Promise<CallStanding | null> {
  return await db.transaction().execute(async (tx) => {
    // By itself: a later statement sees what those before in the line have kept.
    await sql`
      select pg_advisory_xact_lock(hashtext('model calls ' || repositories.installation_id))
      from epics join repositories on repositories.id = epics.repository_id
      where epics.id = ${life.epicId}`.execute(tx);
    const standing = await readStanding(tx, life);
    const wanted = standing && wants(standing);
    if (wanted) await keep(tx, life, wanted);
    return standing;
  });
}

async function keep(db: Db, life: LifeIdentity, wanted: Reservation): Promise<void> {
  await sql`
    insert into model_reservations (call_id, installation_id, epic_id, agent, task, life, role, model,
      tokens_in, tokens_out, cost, counted, likely)
    select ${wanted.callId}::uuid, repositories.installation_id, epics.id, ${life.agent},
      ${life.task}::integer, ${life.life}::integer, ${life.role}, ${wanted.model},
      ${wanted.tokensIn}::bigint, ${wanted.tokensOut}::bigint, ${wanted.cost}::numeric,
      ${wanted.counted}::numeric, ${wanted.likely}::numeric
    from epics join repositories on repositories.id = epics.repository_id
    where epics.id = ${life.epicId}
    on conflict (call_id) do nothing`.execute(db);
}

/** A call that cost nothing holds nothing any more. */
export async function releaseCall(db: Db, callId: string): Promise<void> {
  await db.deleteFrom("model_reservations").where("call_id", "=", callId).execute();
}

/** Calls kept for longer than any lasts, by the database's clock, as they are to be booked. */
export async function callsLeft(db: Db, olderThanMs: number): Promise<readonly ModelCall[]> {
  const rows = await db
    .selectFrom("model_reservations")
    .selectAll()
    .where(sql<boolean>`reserved_at < now() - ${olderThanMs} * interval '1 ms'`)
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
    ...{ status: lostStatus, attempt: 1, latencyMs: olderThanMs },
    ...{ tokensIn: row.tokens_in, tokensOut: row.tokens_out },
    ...{ cacheRead: 0, cacheWritten: 0, cacheWritten1h: 0 },
    ...{ cost: row.cost, counted: row.counted },
  }));
}
