import { type Kysely, sql } from "kysely";

/** What an agent lives with besides its model, and how often it crashed soon after a start. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table agents
      add column permissions text not null default 'yolo',
      add column harness text not null default 'runner',
      add column fast_crashes integer not null default 0`.execute(db);
}
