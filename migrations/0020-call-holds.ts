import { type Kysely, sql } from "kysely";

/** What a call under way likely costs beside the most it may; a life's newest calls without a search. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table model_reservations add column likely numeric(18, 6)`.execute(db);
  await sql`update model_reservations set likely = counted`.execute(db);
  await sql`alter table model_reservations alter column likely set not null`.execute(db);
  await sql`create index model_calls_of_life on model_calls (epic_id, agent, life, at)`.execute(db);
  await sql`drop index model_calls_of_epic`.execute(db);
}
