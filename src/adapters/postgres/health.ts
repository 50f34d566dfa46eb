import { sql } from "kysely";
import type { LifeIdentity } from "../../domain/agent.ts";
import { overdueNotice } from "../../domain/decide-overdue.ts";
import type { Health, HealthLimits, OverdueTask, SilentLife, Struck } from "../../ports/health.ts";
import { type Db, guarded } from "./database.ts";
import { hostedLifeOf, hostedLives } from "./hosted-lives.ts";
import { inFuture } from "./inbox.ts";
import { agentKeyOf } from "./noun-rows.ts";

/** Health of lives and tasks in PostgreSQL, by its clock. */
export function createHealth(db: Db): Health {
  return {
    reached: (host, gapMs) => guarded(() => reached(db, host, gapMs)),
    silent: (host, limits) => guarded(() => silent(db, host, limits)),
    modelEnded: (life, isIdle) => guarded(() => modelEnded(db, life, isIdle)),
    held: (life, forMs) => guarded(() => held(db, life, forMs)),
    overdue: (limitMs) => guarded(() => overdue(db, limitMs)),
    strike: (life) => guarded(() => strike(db, life)),
  };
}

async function reached(db: Db, host: string, gapMs: number): Promise<void> {
  const upSince = sql<Date>`case when web_heartbeats.seen_at > ${inFuture(-gapMs)}
    then web_heartbeats.up_since else now() end`;
  await db
    .insertInto("web_heartbeats")
    .values({ host })
    .onConflict((conflict) =>
      conflict.column("host").doUpdateSet({ up_since: upSince, seen_at: sql<Date>`now()` }),
    )
    .execute();
}

async function strike(db: Db, life: Parameters<Health["strike"]>[0]): Promise<Struck | null> {
  const row = await db
    .updateTable("lives")
    .set({ strikes: sql<number>`strikes + 1` })
    .where((where) =>
      "name" in life
        ? where("name", "=", life.name)
        : where.and({ epic_id: life.epicId, agent: life.agent, life: life.life }),
    )
    .where("ended_at", "is", null)
    .returning(["epic_id", "agent", "strikes"])
    .executeTakeFirst();
  if (!row) return null;
  return { epicId: row.epic_id, agent: agentKeyOf(row.agent), strikes: row.strikes };
}

async function modelEnded(db: Db, life: LifeIdentity, isIdle: boolean): Promise<void> {
  await db
    .updateTable("lives")
    .set({ progress_at: sql<Date>`now()`, ...(isIdle ? { busy_until: null } : {}) })
    .where("epic_id", "=", life.epicId)
    .where("agent", "=", life.agent)
    .where("life", "=", life.life)
    .where("ended_at", "is", null)
    .execute();
}

async function held(db: Db, life: LifeIdentity, forMs: number): Promise<void> {
  await db
    .updateTable("lives")
    .set({ held_until: inFuture(forMs) })
    .where("epic_id", "=", life.epicId)
    .where("agent", "=", life.agent)
    .where("life", "=", life.life)
    .where("ended_at", "is", null)
    .execute();
}

// What is busy now gave its last sign now. Who waits for mail makes no progress but asks for it. Who
// could not reach us is asked anew once it can: an earlier question may not have got through.
const lastSign = (toolBusyMs: number) => sql<Date>`greatest(
  lives.started_at, lives.progress_at, web_heartbeats.up_since,
  case when lives.busy_until is not null then least(lives.busy_until, now()) end,
  case when agents.state = 'WAITING' then lives.seen_at end,
  (select max(least(now(), tool_calls.started_at + make_interval(secs => ${toolBusyMs / 1_000})))
     from tool_calls
    where tool_calls.epic_id = lives.epic_id and tool_calls.agent = lives.agent
      and tool_calls.life = lives.life and tool_calls.reply is null))`;

const agoMs = (instant: ReturnType<typeof sql<Date>>) =>
  sql<number>`(extract(epoch from now() - ${instant}) * 1000)::float8`;

async function silent(
  db: Db,
  host: string,
  { mailMs, restartMs, toolBusyMs, gapMs }: HealthLimits,
): Promise<readonly SilentLife[]> {
  const sign = lastSign(toolBusyMs);
  const wasAsked = sql<boolean>`coalesce(lives.asked_at > ${sign}, false)`;
  const askedAgoMs = agoMs(sql<Date>`lives.asked_at`);
  const rows = await hostedLives(db, host)
    .innerJoin("web_heartbeats", "web_heartbeats.host", "lives.host")
    .where("web_heartbeats.seen_at", ">", inFuture(-gapMs))
    .select([
      agoMs(sign).as("silent_ms"),
      agoMs(sql<Date>`greatest(lives.started_at, lives.seen_at)`).as("unseen_ms"),
      wasAsked.as("was_asked"),
    ])
    .where("agents.state", "in", ["RUNNING", "WAITING"])
    .whereRef("agents.life", "=", "lives.life")
    .where(agoMs(sign), ">=", mailMs)
    // A life that was asked is left alone until its time to answer is over.
    .where(sql<boolean>`(not ${wasAsked} or ${askedAgoMs} >= ${restartMs})`)
    .execute();
  return rows.map((row) => ({
    ...hostedLifeOf(row),
    silentForMs: Math.round(row.silent_ms),
    unseenForMs: Math.round(row.unseen_ms),
    isSpent: row.was_asked,
  }));
}

/** Working time is what history says: from every move into such a state to the next move. */
async function overdue(db: Db, limitMs: number): Promise<readonly OverdueTask[]> {
  const { rows } = await sql<{ epic_id: number; task: number; worked_ms: number }>`
    select tasks.epic_id, tasks.ordinal as task, worked.ms as worked_ms
      from tasks
      join epics on epics.id = tasks.epic_id and epics.state = 'IN_PROGRESS'
      cross join lateral (
        select sum(extract(epoch from coalesce(until, now()) - at) * 1000)::float8 as ms
          from (select to_state, at, lead(at) over (order by id) as until
                  from history
                 where epic_id = tasks.epic_id and noun = 'task'
                   and noun_key = tasks.ordinal::text) as moves
         where to_state in ('IN_PROGRESS', 'CHANGES_REQUESTED', 'NEEDS_REBASE')) as worked
     where tasks.state in ('IN_PROGRESS', 'CHANGES_REQUESTED', 'NEEDS_REBASE')
       and worked.ms >= ${limitMs}
     order by tasks.epic_id, tasks.ordinal`.execute(db);
  const found = rows.map((row) => ({
    epicId: row.epic_id,
    task: row.task,
    workedMs: Math.round(row.worked_ms),
  }));
  const told = await noticesOf(db, [...new Set(found.map(({ epicId }) => epicId))]);
  return found.filter(
    (one) => !told.has(`${one.epicId} ${overdueNotice(one.task, one.workedMs, limitMs)}`),
  );
}

async function noticesOf(db: Db, epicIds: readonly number[]): Promise<ReadonlySet<string>> {
  if (epicIds.length === 0) return new Set();
  const rows = await db
    .selectFrom("notices")
    .select(["epic_id", "notice"])
    .where("epic_id", "in", [...epicIds])
    .execute();
  return new Set(rows.map((row) => `${row.epic_id} ${row.notice}`));
}
