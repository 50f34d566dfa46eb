import { sql } from "kysely";
import type { RefusalsTold } from "../../ports/epics.ts";
import type { Db, Tx } from "./database.ts";

type Told = { readonly epicId: number; readonly actorId: number };

/** What a person was refused with within this time, on an epic and on all. */
export async function refusalsTold(
  db: Db,
  { epicId, actorId, withinMs }: Told & { readonly withinMs: number },
): Promise<RefusalsTold> {
  const rows = await db
    .selectFrom("refusals_told")
    .select(["epic_id", "answer"])
    .where("actor_id", "=", actorId)
    .where(sql<boolean>`at + make_interval(secs => ${withinMs} / 1000.0) > now()`)
    .execute();
  const here = rows.filter(({ epic_id }) => epic_id === epicId);
  return { here: new Set(here.map(({ answer }) => answer)), everywhere: rows.length };
}

/** Remembers what a person is told now, and forgets what anybody was told longer ago than `quietMs`. */
export async function saveRefusalTold(
  tx: Tx,
  {
    epicId,
    actorId,
    answer,
    quietMs,
  }: Told & { readonly answer: string; readonly quietMs: number },
): Promise<void> {
  await tx
    .insertInto("refusals_told")
    .values({ epic_id: epicId, actor_id: actorId, answer })
    .onConflict((conflict) =>
      conflict.columns(["epic_id", "actor_id", "answer"]).doUpdateSet({ at: sql<Date>`now()` }),
    )
    .execute();
  // What another decision forgets right now is passed by: two never wait for each other.
  await sql`
    delete from refusals_told where ctid in (
      select ctid from refusals_told
       where at + make_interval(secs => ${quietMs} / 1000.0) < now()
         for update skip locked)`.execute(tx);
}
