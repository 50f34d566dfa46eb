import type { Selectable } from "kysely";
import { sql } from "kysely";
import type { ModelTrouble } from "../../domain/decide-trouble.ts";
import type { ModelTroubles, UntoldTrouble } from "../../ports/model-provider.ts";
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
    untold: () => guarded(() => untold(db)),
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

/** What an epic's people heard is in its notices, in the words of the rule that tells them. */
async function untold(db: Db): Promise<readonly UntoldTrouble[]> {
  const { rows } = await sql<Selectable<Database["model_troubles"]> & { epic_id: number }>`
    select model_troubles.*, epics.id as epic_id
      from model_troubles
      cross join epics
      cross join lateral (
        select coalesce(bool_or(notice = 'trouble ' || model_troubles.id || ' began'), false) as began,
               coalesce(bool_or(notice = 'trouble ' || model_troubles.id || ' ended'), false) as ended
          from notices where notices.epic_id = epics.id) as heard
     where model_troubles.declared_at is not null
       and epics.ended_at is null
       and case when model_troubles.ended_at is null
                then not heard.began
                else heard.began and not heard.ended end
     order by model_troubles.id, epics.id`.execute(db);
  return rows.map((row) => ({ epicId: row.epic_id, trouble: troubleOf(row) }));
}

function troubleOf(row: Selectable<Database["model_troubles"]>): ModelTrouble {
  return {
    id: row.id,
    beganAt: iso(row.began_at),
    endedAt: row.ended_at === null ? null : iso(row.ended_at),
    reason: row.reason,
  };
}
