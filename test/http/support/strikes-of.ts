import { openDatabase } from "../../../src/adapters/postgres/database.ts";
import type { Life, Web } from "./web.ts";

/** How often a life was refused as misuse. */
export async function strikesOf({ databaseUrl }: Web, { name }: Life): Promise<number> {
  const { db } = openDatabase(databaseUrl);
  const row = await db
    .selectFrom("lives")
    .select("strikes")
    .where("name", "=", name)
    .executeTakeFirstOrThrow();
  await db.destroy();
  return row.strikes;
}
