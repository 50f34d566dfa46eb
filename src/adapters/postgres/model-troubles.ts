import type { Selectable } from "kysely";
import { sql } from "kysely";
import type { ModelTrouble } from "../../domain/decide-trouble.ts";
import type { ModelTroubles } from "../../ports/model-provider.ts";
import { type Db, guarded, iso } from "./database.ts";
import { inFuture } from "./inbox.ts";
import type { Database } from "./schema.ts";

const defaultProbeMs = 30_000;

/** Long troubles with the model provider, in PostgreSQL: at most one is open, known to all processes. */
export function createModelTroubles(db: Db): ModelTroubles {
  return {
    failed: (reason, troubleMs) => guarded(() => failed(db, reason, troubleMs)),
    answered: () => guarded(() => answered(db)),
    modelTrouble: (probeMs = defaultProbeMs) => guarded(() => modelTrouble(db, probeMs)),
    newest: () =>
      guarded(async () => {
        const row = await db
          .selectFrom("model_troubles")
          .selectAll()
          .where("declared_at", "is not", null)
          .orderBy("id", "desc")
          .limit(1)
          .executeTakeFirst();
        return row ? troubleOf(row) : null;
      }),
  };
}

/** A failure long after the one before it begins anew: silence in between proves nothing. */
async function failed(db: Db, reason: string, troubleMs: number): Promise<void> {
  const silence = inFuture(-troubleMs);
  await sql`
    insert into model_troubles (reason) values (${reason})
    on conflict ((ended_at is null)) where ended_at is null do update set
      reason = excluded.reason,
      failed_at = now(),
      began_at = case
        when model_troubles.declared_at is null and model_troubles.failed_at < ${silence}
        then now() else model_troubles.began_at end,
      declared_at = coalesce(model_troubles.declared_at, case
        when model_troubles.failed_at >= ${silence} and model_troubles.began_at <= ${silence}
        then now() end),
      probe_at = coalesce(model_troubles.probe_at, now())`.execute(db);
}

/** What never became a long trouble leaves no row. */
async function answered(db: Db): Promise<void> {
  await sql`
    with passed as (delete from model_troubles where ended_at is null and declared_at is null)
    update model_troubles set ended_at = now()
    where ended_at is null and declared_at is not null`.execute(db);
}

async function modelTrouble(db: Db, probeMs: number): Promise<ModelTrouble | null> {
  const row = await db
    .selectFrom("model_troubles")
    .selectAll()
    .where("ended_at", "is", null)
    .where("declared_at", "is not", null)
    .executeTakeFirst();
  if (!row) return null;
  const { numUpdatedRows } = await db
    .updateTable("model_troubles")
    .set({ probe_at: inFuture(probeMs) })
    .where("id", "=", row.id)
    .where("probe_at", "<=", sql<Date>`now()`)
    .executeTakeFirst();
  return numUpdatedRows > 0n ? null : troubleOf(row);
}

function troubleOf(row: Selectable<Database["model_troubles"]>): ModelTrouble {
  return {
    id: row.id,
    beganAt: iso(row.began_at),
    endedAt: row.ended_at === null ? null : iso(row.ended_at),
    reason: row.reason,
  };
}
