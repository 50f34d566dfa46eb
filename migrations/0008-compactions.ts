import { type Kysely, sql } from "kysely";

/** Summaries that stand for a conversation's older turns when a life goes on with it; the turns stay. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table compactions (
      epic_id bigint not null,
      agent text not null,
      from_seq integer not null check (from_seq > 1),
      life integer not null,
      summary text not null,
      tokens_before integer not null,
      tokens_after integer not null,
      at timestamptz not null default now(),
      primary key (epic_id, agent, from_seq),
      foreign key (epic_id, agent) references agents
    )`.execute(db);
}
