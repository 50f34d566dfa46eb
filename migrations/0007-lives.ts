import { type Kysely, sql } from "kysely";

/** A life's health and conduct, who waits for a place, and since when a host is at a limit. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table lives
      add column progress_at timestamptz,
      add column busy_until timestamptz,
      add column asked_at timestamptz,
      add column strikes integer not null default 0`.execute(db);
  await sql`create index lives_unended on lives (role) where ended_at is null`.execute(db);
  await sql`
    alter table outbox
      add column queued_for text`.execute(db);
  await sql`create index outbox_queued on outbox (id) where state = 'waiting' and queued_for is not null`.execute(
    db,
  );
  await sql`create index history_of_noun on history (epic_id, noun, noun_key, id)`.execute(db);
  await sql`
    create table host_limits (
      host text not null,
      what text not null,
      since timestamptz not null default now(),
      held_at timestamptz not null default now(),
      primary key (host, what)
    )`.execute(db);
}
