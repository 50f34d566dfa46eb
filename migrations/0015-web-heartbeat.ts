import { type Kysely, sql } from "kysely";

/** Since when agents of a host could reach the product without a gap, and when it was seen last. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table web_heartbeats (
      host text primary key,
      up_since timestamptz not null default now(),
      seen_at timestamptz not null default now()
    )`.execute(db);
}
