import { type RawBuilder, sql } from "kysely";
import { shareOf } from "../../domain/queue-epics.ts";
import type {
  PlaceAnswer,
  PlaceAsked,
  PlaceLimits,
  Places,
  QueueName,
  QueuePlace,
} from "../../ports/places.ts";
import { type Db, guarded, type Tx } from "./database.ts";
import { epicsInLine } from "./epics-in-line.ts";
import { inFuture } from "./inbox.ts";
import { agentKeyOf } from "./noun-rows.ts";

/** Places for processes and epics in PostgreSQL: what is open takes one, wherever it runs. */
export function createPlaces(db: Db): Places {
  return {
    ask: (asked, limits) => guarded(() => askPlace(db, asked, limits)),
    aheadOnHost: (asked) => guarded(() => aheadOnHost(db, asked)),
    longestWaiting: (asked, full) => guarded(() => longestWaiting(db, asked, full)),
    queuePlaces: (epicId) => guarded(() => queuePlaces(db, epicId)),
    epics: () => guarded(() => epicsInLine(db)),
    atLimit: (host, what, quietMs) => guarded(() => atLimit(db, host, what, quietMs)),
  };
}

type Counts = {
  readonly taken: number;
  readonly own_taken: number;
  readonly ahead: number;
  readonly own_ahead: number;
  readonly queued: number;
  readonly own_queued: number;
};

/** The answer as of now; the transaction that begins a life asks again, under a lock. */
export async function askPlace(
  db: Db | Tx,
  asked: PlaceAsked,
  limits: PlaceLimits,
): Promise<PlaceAnswer> {
  const { role } = asked;
  if (role === "orchestrator") return orchestratorPlace(await count(db, asked));
  const limit = role === "worker" ? limits.workers : limits.supervisors;
  const share = shareOf(limit, limits.sharePercent);
  const counts = await count(db, asked);
  const full = (of: number, taken: number) =>
    `${Math.min(of, taken)} of ${of} ${role}s are at work`;
  if (counts.own_taken + counts.own_ahead >= share && share < limit)
    return {
      kind: "queued",
      queue: "installation",
      place: counts.own_ahead + 1,
      of: Math.max(counts.own_ahead + 1, counts.own_queued),
      why: `${full(share, counts.own_taken)} in this installation`,
    };
  if (counts.taken + counts.ahead >= limit)
    return {
      kind: "queued",
      queue: "product",
      place: counts.ahead + 1,
      of: Math.max(counts.ahead + 1, counts.queued),
      why: full(limit, counts.taken),
    };
  return { kind: "free" };
}

/** One question of an installation at a time, in the order of asking (R5). */
function orchestratorPlace({ own_taken, own_ahead, own_queued }: Counts): PlaceAnswer {
  if (own_taken + own_ahead === 0) return { kind: "free" };
  const place = own_ahead + 1;
  const why = "the orchestrator decides on another epic first";
  return { kind: "queued", queue: "installation", place, of: Math.max(place, own_queued), why };
}

/** Who asks again takes its own place along: its earlier life's process is about to end. */
async function count(db: Db | Tx, asked: PlaceAsked): Promise<Counts> {
  const { epicId, agent, role, effectId } = asked;
  const isEarlier = effectId === null ? sql`true` : sql`waiting.id < ${effectId}`;
  const { rows } = await sql<Counts>`
    with own as (
      select installation_id from epics join repositories on repositories.id = epics.repository_id
       where epics.id = ${epicId}),
    open_lives as (
      select installation_id from lives
        join epics on epics.id = lives.epic_id
        join repositories on repositories.id = epics.repository_id
       where lives.role = ${role} and lives.ended_at is null
         and not (lives.epic_id = ${epicId} and lives.agent = ${agent})),
    waiting as (${waitingStarts(role)})
    select
      (select count(*)::int from open_lives) as taken,
      (select count(*)::int from open_lives, own
        where open_lives.installation_id = own.installation_id) as own_taken,
      (select count(*)::int from waiting where queue in ('product', 'new') and ${isEarlier}) as ahead,
      (select count(*)::int from waiting, own
        where waiting.installation_id = own.installation_id
          and queue in ('product', 'installation', 'new') and ${isEarlier}) as own_ahead,
      (select count(*)::int from waiting where queue in ('product', 'new')) as queued,
      (select count(*)::int from waiting, own
        where waiting.installation_id = own.installation_id) as own_queued`.execute(db);
  const [counts] = rows;
  if (!counts) throw new Error("a count has a row");
  return counts;
}

/** Starts that ask for a process of this role and have none yet; a delayed one does not ask. */
function waitingStarts(role: string): RawBuilder<unknown> {
  return sql`
    select outbox.id, repositories.installation_id, coalesce(outbox.queued_for, 'new') as queue
      from outbox
      join agents on agents.epic_id = outbox.epic_id and agents.key = outbox.effect ->> 'agent'
      join epics on epics.id = outbox.epic_id
      join repositories on repositories.id = epics.repository_id
     where outbox.state = 'waiting' and outbox.kind = 'startLife'
       and (outbox.queued_for is not null or outbox.due_at <= now())
       and agents.role = ${role} and agents.state = 'STARTING'
       and epics.state not in ('PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED')
       and not exists (
         select from lives
          where lives.epic_id = agents.epic_id and lives.agent = agents.key
            and lives.life > agents.life and lives.ended_at is null)`;
}

async function aheadOnHost(db: Db, { effectId }: PlaceAsked): Promise<number> {
  if (effectId === null) return 0;
  const { ahead } = await db
    .selectFrom("outbox")
    .innerJoin("agents", (join) =>
      join
        .onRef("agents.epic_id", "=", "outbox.epic_id")
        .on("agents.key", "=", sql<string>`outbox.effect ->> 'agent'`),
    )
    .select(sql<number>`count(*)::int`.as("ahead"))
    .where("outbox.state", "=", "waiting")
    .where("outbox.queued_for", "in", ["host", "model"])
    .where("outbox.id", "<", effectId)
    .where("agents.state", "=", "STARTING")
    .executeTakeFirstOrThrow();
  return ahead;
}

async function longestWaiting(
  db: Db,
  { epicId, role }: PlaceAsked,
  { queue, host }: { readonly queue: QueueName; readonly host: string },
) {
  const among = {
    product: sql`lives.role = ${role}`,
    installation: sql`lives.role = ${role} and repositories.installation_id = (
      select installation_id from epics join repositories on repositories.id = epics.repository_id
       where epics.id = ${epicId})`,
    host: sql`lives.host = ${host}`,
    model: sql`false`,
    setup: sql`false`,
  }[queue];
  const { rows } = await sql<{ epic_id: number; agent: string }>`
    select lives.epic_id, lives.agent
      from lives
      join agents on agents.epic_id = lives.epic_id and agents.key = lives.agent
      join epics on epics.id = lives.epic_id
      join repositories on repositories.id = epics.repository_id
     where lives.ended_at is null and agents.state = 'WAITING' and agents.life = lives.life
       and ${among}
       and not exists (
         select from mail
          where mail.epic_id = lives.epic_id and mail.to_agent = lives.agent and mail.read_at is null)
     order by coalesce(lives.progress_at, lives.started_at)
     limit 1`.execute(db);
  const [first] = rows;
  return first ? { epicId: first.epic_id, agent: agentKeyOf(first.agent) } : null;
}

/**
 * Agents of an epic that wait in line; a place counts those of all epics that wait for the same. Who
 * waits for his own dependencies stands in a line of his own.
 */
export async function queuePlaces(db: Db, epicId: number): Promise<readonly QueuePlace[]> {
  const line = sql`case outbox.queued_for when 'setup' then outbox.id::text else outbox.queued_for end`;
  const { rows } = await sql<{ agent: string; place: number; of: number; why: string }>`
    select agent, place, "of", why from (
      select outbox.epic_id, agents.key as agent, coalesce(outbox.error, '') as why,
             (rank() over (partition by agents.role, ${line} order by outbox.id))::int as place,
             (count(*) over (partition by agents.role, ${line}))::int as "of"
        from outbox
        join agents on agents.epic_id = outbox.epic_id and agents.key = outbox.effect ->> 'agent'
       where outbox.state = 'waiting' and outbox.queued_for is not null
         and agents.state = 'STARTING') as places
     where epic_id = ${epicId}
     order by agent`.execute(db);
  return rows.map((row) => ({ ...row, agent: agentKeyOf(row.agent) }));
}

/** A limit that is reached again soon after is still the same news. */
async function atLimit(db: Db, host: string, what: string, quietMs: number): Promise<boolean> {
  const { rows } = await sql<{ is_news: boolean }>`
    with kept as (
      insert into host_limits (host, what) values (${host}, ${what})
      on conflict (host, what) do update set
        since = case when host_limits.held_at < ${inFuture(-quietMs)} then now()
                else host_limits.since end,
        held_at = now()
      returning since)
    select kept.since = now() as is_news from kept`.execute(db);
  return rows[0]?.is_news ?? false;
}

/** The first may wait for something else than what became free. */
const calledAtOnce = 5;

/**
 * Something became free, or may have: whoever is first in line looks at once. For who waits for his
 * own dependencies nothing became free.
 */
export async function callFirstInLine(db: Db | Tx): Promise<void> {
  await sql`
    update outbox set due_at = now()
     where id in (
       select id from outbox where state = 'waiting' and queued_for <> 'setup'
        order by id limit ${calledAtOnce} for update skip locked)`.execute(db);
}

/** Everybody's place may have changed: those in line have a text that says it. */
export async function showPlaces(db: Db): Promise<void> {
  await sql`
    update living_texts set wanted_version = wanted_version + 1
     where wanted_version = sent_version and epic_id in (
       select epic_id from outbox where state = 'waiting' and queued_for is not null)`.execute(db);
}
