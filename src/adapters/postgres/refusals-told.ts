import { sql } from "kysely";
import type { Db, Tx } from "./database.ts";

type Told = { readonly epicId: number; readonly actorId: number };

/** What a person was refused with on an epic within this time. */
export async function refusalsTold(
  db: Db,
  { epicId, actorId, withinMs }: Told & { readonly withinMs: number },
): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom("refusals_told")
    .select("answer")
    .where("epic_id", "=", epicId)
    .where("actor_id", "=", actorId)
    .where(sql<boolean>`at + make_interval(secs => ${withinMs} / 1000.0) > now()`)
    .execute();
  return new Set(rows.map(({ answer }) => answer));
}

/** Remembers what a person is told now; what was told before counts from now on. */
export async function saveRefusalTold(
  tx: Tx,
  { epicId, actorId, answer }: Told & { readonly answer: string },
): Promise<void> {
  await tx
    .insertInto("refusals_told")
    .values({ epic_id: epicId, actor_id: actorId, answer })
    .onConflict((conflict) =>
      conflict.columns(["epic_id", "actor_id", "answer"]).doUpdateSet({ at: sql<Date>`now()` }),
    )
    .execute();
}
