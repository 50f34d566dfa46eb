import { type Kysely, sql } from "kysely";

/**
 * What models cost, added up as it is spent; budgets that people set; what an epic's people were
 * told once; the provider's limits as all processes share them; its troubles.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table model_calls
      add column attempt integer not null default 1,
      add column cache_written_1h integer not null default 0`.execute(db);
  await sql`
    alter table agents
      add column budget_hold text`.execute(db);
  await sql`
    create table spending (
      scope text not null check (scope in ('day', 'epic', 'task', 'attempt', 'share')),
      subject text not null,
      epic_id bigint references epics,
      calls bigint not null,
      tokens_in bigint not null,
      tokens_out bigint not null,
      cache_read bigint not null,
      cache_written bigint not null,
      cost numeric(18, 6) not null,
      primary key (scope, subject)
    )`.execute(db);
  await sql`create index spending_of_epic on spending (epic_id)`.execute(db);
  await addUp(db, "epic", sql`epic_id::text`);
  await addUp(db, "task", sql`epic_id || '/' || task`);
  await addUp(db, "attempt", sql`epic_id || '/' || agent || '/' || life`);
  await addUp(db, "share", sql`epic_id || '/' || agent || '/' || model`);
  await sql`
    create table budgets (
      id bigint generated always as identity primary key,
      epic_id bigint not null references epics,
      task integer,
      amount numeric(12, 2) not null,
      by_id bigint not null,
      by_login text not null,
      at timestamptz not null default now()
    )`.execute(db);
  await sql`create index budgets_of_epic on budgets (epic_id, id)`.execute(db);
  await sql`
    create table notices (
      epic_id bigint not null references epics,
      notice text not null,
      at timestamptz not null default now(),
      primary key (epic_id, notice)
    )`.execute(db);
  await sql`
    create table model_windows (
      name text primary key,
      limit_value double precision not null,
      per_ms double precision not null,
      level double precision not null,
      filled_at timestamptz not null
    )`.execute(db);
  await sql`
    create table model_troubles (
      id bigint generated always as identity primary key,
      began_at timestamptz not null default now(),
      failed_at timestamptz not null default now(),
      declared_at timestamptz,
      ended_at timestamptz,
      probe_at timestamptz,
      reason text not null
    )`.execute(db);
  await sql`create unique index model_troubles_open on model_troubles ((ended_at is null)) where ended_at is null`.execute(
    db,
  );
}

/** Calls of before count, too; a call without a price counts nothing there. */
async function addUp(
  db: Kysely<unknown>,
  scope: string,
  subject: ReturnType<typeof sql>,
): Promise<void> {
  await sql`
    insert into spending
    select ${sql.lit(scope)}, ${subject}, epic_id, count(*), sum(tokens_in), sum(tokens_out),
           sum(cache_read), sum(cache_written), coalesce(sum(cost), 0)
    from model_calls
    where ${subject} is not null
    group by 2, 3`.execute(db);
}
