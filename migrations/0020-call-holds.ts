import { type Kysely, sql } from "kysely";

/**
 * What a call under way likely costs beside the most it may, what it foresaw to read from the cache,
 * and until when its process holds it; a life's newest calls without a search. Web processes of
 * before write none of it while they still run.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table model_reservations
      add column likely numeric(18, 6),
      add column foreseen_read bigint,
      add column held_until timestamptz`.execute(db);
  await sql`alter table model_calls add column foreseen_read bigint`.execute(db);
  await sql`create index model_calls_of_life on model_calls (epic_id, agent, life, at)`.execute(db);
  await sql`drop index model_calls_of_epic`.execute(db);
}
