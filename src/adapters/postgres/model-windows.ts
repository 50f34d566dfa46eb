import { sql } from "kysely";
import type { ModelWindows, WindowAsked } from "../../ports/model-provider.ts";
import { type Db, guarded } from "./database.ts";

/** Learned limits that nobody has met for so long are learned anew. */
const forgottenAfter = sql`interval '1 day'`;

/** The provider's limits as buckets that fill by the database's clock, in PostgreSQL. */
export function createModelWindows(db: Db): ModelWindows {
  return {
    known: () =>
      guarded(async () => {
        const rows = await db
          .selectFrom("model_windows")
          .select(["name", "limit_value", "per_ms"])
          .where(sql<boolean>`filled_at > now() - ${forgottenAfter}`)
          .execute();
        return rows.map((row) => ({ name: row.name, limit: row.limit_value, perMs: row.per_ms }));
      }),
    lease: (asked) =>
      guarded(async () => {
        if (asked.length === 0) return new Map();
        const granted = await lease(db, asked);
        const missing = asked.filter(({ name }) => !granted.has(name));
        if (missing.length === 0) return granted;
        await begin(db, missing);
        return new Map([...granted, ...(await lease(db, missing))]);
      }),
  };
}

async function begin(db: Db, windows: readonly WindowAsked[]): Promise<void> {
  await db
    .insertInto("model_windows")
    .values(
      windows.map(({ name, limit, perMs, remaining }) => ({
        name,
        limit_value: limit,
        per_ms: perMs,
        level: Math.min(limit, remaining ?? limit),
        filled_at: sql<Date>`clock_timestamp()`,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Rows are locked in the order of their names, and filled by the time they are locked at. */
async function lease(db: Db, asked: readonly WindowAsked[]): Promise<ReadonlyMap<string, number>> {
  const rows = asked.map(
    ({ name, limit, perMs, want, remaining }) =>
      sql`(${name}::text, ${limit}::float8, ${perMs}::float8, ${want}::float8, ${remaining}::float8)`,
  );
  const leased = await sql<{ name: string; granted: number }>`
    with asked (name, limit_value, per_ms, want, remaining) as (values ${sql.join(rows)}),
    locked as materialized (
      select model_windows.* from model_windows join asked using (name)
      order by model_windows.name for update of model_windows),
    filled as (
      select asked.*, clock_timestamp() as at, least(
        asked.limit_value, coalesce(asked.remaining, asked.limit_value),
        locked.level + locked.limit_value / locked.per_ms
          * greatest(0, extract(epoch from clock_timestamp() - locked.filled_at) * 1000)) as level
      from locked join asked using (name)),
    granted as (
      select *, case when want < 0 then want else least(want, greatest(level, 0)) end as granted
      from filled)
    update model_windows set
      limit_value = granted.limit_value, per_ms = granted.per_ms,
      level = least(granted.limit_value, granted.level - granted.granted), filled_at = granted.at
    from granted where model_windows.name = granted.name
    returning model_windows.name, granted.granted`.execute(db);
  return new Map(leased.rows.map(({ name, granted }) => [name, granted]));
}
