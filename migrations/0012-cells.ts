import { type Kysely, sql } from "kysely";

/** How firmly the cell of a life held, as its host had probed it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table lives add column cell_level text`.execute(db);
}
