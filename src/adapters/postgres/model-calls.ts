import { sql } from "kysely";
import { z } from "zod";
import type { LifeIdentity } from "../../domain/agent.ts";
import type { Spent } from "../../domain/budget.ts";
import { roles } from "../../domain/states.ts";
import type { CallStanding, ModelCall, ModelCalls, Reservation } from "../../ports/model-calls.ts";
import { type Db, guarded } from "./database.ts";
import { admitCall, callsLeft, releaseCall, renewCalls } from "./model-reservations.ts";
import { readStanding, spentBy, subjectsOf, today } from "./read-standing.ts";

const role = z.enum(roles);
/** What models cost, a row per call and running sums per budget, in PostgreSQL. */
export function createModelCalls(db: Db): ModelCalls {
  return {
    standing: (life) => guarded(async () => (await readStanding(db, life))?.standing ?? null),
    admit: (life, wants, leaseMs) => guarded(() => admit(db, life, { wants, leaseMs })),
    renew: (callIds, leaseMs) => guarded(() => renewCalls(db, callIds, leaseMs)),
    release: (callId) => guarded(() => releaseCall(db, callId)),
    left: (olderThanMs) => guarded(() => callsLeft(db, olderThanMs)),
    record: (call) => guarded(() => record(db, call)),
    freedByDay: (dayLimit) => guarded(() => freedByDay(db, dayLimit)),
    byRole: () =>
      guarded(async () => {
        const rows = await db
          .selectFrom("model_calls")
          .select([
            "role",
            sql<number>`count(*)`.as("calls"),
            sql<number>`sum(tokens_in + cache_read + cache_written)`.as("tokensIn"),
            sql<number>`sum(tokens_out)`.as("tokensOut"),
            sql<number>`sum(latency_ms) / 1000.0`.as("seconds"),
          ])
          .groupBy("role")
          .orderBy("role")
          .execute();
        return rows.map((row) => ({ ...row, role: role.parse(row.role) }));
      }),
  };
}

type Wants = {
  readonly wants: (standing: CallStanding) => Reservation | null;
  readonly leaseMs: number;
};

/**
 * What a process held that is gone bars nobody: it is booked first, by whoever meets it, outside of
 * the transaction, as bookings lock sums of many epics.
 */
async function admit(db: Db, life: LifeIdentity, asked: Wants): Promise<CallStanding | null> {
  const { wants, leaseMs } = asked;
  const first = await admitCall(db, life, {
    ...{ leaseMs, of: ({ standing, isLost }) => (isLost ? null : wants(standing)) },
  });
  if (!first?.isLost) return first?.standing ?? null;
  for (const call of await callsLeft(db, null)) await record(db, call);
  const second = await admitCall(db, life, { leaseMs, of: ({ standing }) => wants(standing) });
  return second?.standing ?? null;
}

/**
 * Everybody adds to the widest sum first, so that two bookings never wait for each other in a ring.
 * The reservation goes before the call comes, so that two who book the same call wait in one order.
 */
async function record(db: Db, call: ModelCall): Promise<Spent> {
  const { life, tokensIn, tokensOut, cacheRead, cacheWritten, counted } = call;
  const [epic, ofTask, attempt] = subjectsOf(life);
  const share = `${life.epicId}/${life.agent}/${call.model}`;
  const { rows } = await sql<{ scope: string; cost: number }>`
    with gone as (
      delete from model_reservations where call_id = ${call.callId} returning foreseen_read),
    booked as (
      insert into model_calls (epic_id, agent, task, life, role, model, status, tokens_in, tokens_out,
        cache_read, cache_written, cache_written_1h, latency_ms, attempt, cost, call_id, foreseen_read)
      select ${life.epicId}, ${life.agent}, ${life.task}, ${life.life}, ${life.role}, ${call.model},
        ${call.status}, ${tokensIn}, ${tokensOut}, ${cacheRead}, ${cacheWritten},
        ${call.cacheWritten1h}, ${Math.round(call.latencyMs)}, ${call.attempt}, ${call.cost}, ${call.callId},
        settled.foreseen_read
        from (select max(foreseen_read) as foreseen_read from gone) as settled
      on conflict (call_id) do nothing returning 1),
    sums (place, scope, subject, epic_id) as (
      select 1, 'day', repositories.installation_id || '/' || ${today}, null::bigint
        from epics join repositories on repositories.id = epics.repository_id
       where epics.id = ${life.epicId}
      union all select 2, 'epic', ${epic}::text, ${life.epicId}::bigint
      union all select 3, 'task', ${ofTask}::text, ${life.epicId}::bigint
      union all select 4, 'attempt', ${attempt}::text, ${life.epicId}::bigint
      union all select 5, 'share', ${share}::text, ${life.epicId}::bigint)
    insert into spending
    select scope, subject, epic_id, 1, ${tokensIn}::bigint, ${tokensOut}::bigint,
           ${cacheRead}::bigint, ${cacheWritten}::bigint, ${counted}::numeric
      from sums where subject is not null and exists (select from booked) order by place
    on conflict (scope, subject) do update set
      calls = spending.calls + 1, tokens_in = spending.tokens_in + excluded.tokens_in,
      tokens_out = spending.tokens_out + excluded.tokens_out,
      cache_read = spending.cache_read + excluded.cache_read,
      cache_written = spending.cache_written + excluded.cache_written,
      cost = spending.cost + excluded.cost
    returning scope, cost`.execute(db);
  // Booked before: its answer was lost, or somebody settled it at its reservation.
  if (rows.length === 0)
    return (await readStanding(db, life))?.standing.spent ?? spentBy(life.task, () => 0);
  const costs = new Map(rows.map((row) => [row.scope, row.cost]));
  return spentBy(life.task, (level) => costs.get(level) ?? 0);
}

async function freedByDay(db: Db, dayLimit: number): Promise<readonly number[]> {
  const { rows } = await sql<{ epic_id: number }>`
    select distinct agents.epic_id
    from agents
    join epics on epics.id = agents.epic_id
    join repositories on repositories.id = epics.repository_id
    left join spending on spending.scope = 'day'
      and spending.subject = repositories.installation_id || '/' || ${today}
    where agents.budget_hold = 'day' and agents.state = 'PAUSED'
      and coalesce(spending.cost, 0) < ${dayLimit}`.execute(db);
  return rows.map((row) => row.epic_id);
}
