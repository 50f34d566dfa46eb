import { type Kysely, sql } from "kysely";

/** What rules leave to the orchestrator, question by question. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table questions (
      epic_id bigint not null references epics,
      number integer not null,
      kind text not null,
      task integer,
      detail text not null,
      asked_at timestamptz not null default now(),
      answered_at timestamptz,
      choice text,
      reason text,
      answered_by text,
      primary key (epic_id, number)
    )`.execute(db);
  // At most one of an epic is open, whatever decided it.
  await sql`create unique index questions_open on questions (epic_id) where answered_at is null`.execute(
    db,
  );
}
