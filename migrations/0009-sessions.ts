import { type Kysely, sql } from "kysely";

/** What a harness that is not ours puts beside the turns: with it, the model's cache hits again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table session_notes (
      epic_id bigint not null,
      agent text not null,
      life integer not null,
      place integer not null check (place >= 0),
      after_seq integer not null check (after_seq >= 0),
      note jsonb not null,
      at timestamptz not null default now(),
      primary key (epic_id, agent, life, place),
      foreign key (epic_id, agent) references agents
    )`.execute(db);
}
