import { type Kysely, sql } from "kysely";

/** The comment that showed a call to people: whoever wrote before it cannot have meant that call. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table approvals add column comment_id bigint`.execute(db);
}
