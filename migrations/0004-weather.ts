import { type Kysely, sql } from "kysely";

/**
 * Counts what befell apart: a delivery's failures, its postponements and the claims nobody
 * finished; an effect's tries and its looks. Names a delivery's repository, whose events keep
 * their order.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Text, because what does not fit a number must be stored as well.
  await sql`
    alter table deliveries
      add column repository text generated always as (payload #>> '{repository,id}') stored,
      add column claims integer not null default 0,
      add column postponed integer not null default 0,
      add column failing_since timestamptz`.execute(db);
  await sql`create index deliveries_of_repository on deliveries (repository, received_at, guid) where state = 'waiting'`.execute(
    db,
  );
  await sql`
    alter table outbox
      add column looks integer not null default 0`.execute(db);
}
