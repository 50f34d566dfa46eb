import { sql } from "kysely";
import type { LivingTexts } from "../../ports/spine.ts";
import { type Db, guarded, iso } from "./database.ts";
import { inFuture } from "./inbox.ts";

/** Wanted and sent versions of the texts that are edited in place, in PostgreSQL. */
export function createLivingTexts(db: Db): LivingTexts {
  return {
    claimDue: (leaseMs) => guarded(() => claimDue(db, leaseMs)),
    sent: (epicId, { version, commentId, notBeforeMs }) =>
      guarded(async () => {
        await db
          .updateTable("living_texts")
          .set({
            sent_version: sql<number>`greatest(sent_version, ${version})`,
            comment_id: commentId,
            tried_since: null,
            due_at: inFuture(notBeforeMs),
          })
          .where("epic_id", "=", epicId)
          .execute();
      }),
    failed: (epicId, delayMs) =>
      guarded(async () => {
        await db
          .updateTable("living_texts")
          .set({ due_at: inFuture(delayMs) })
          .where("epic_id", "=", epicId)
          .execute();
      }),
  };
}

/** `tried_since` is read as it was before this try: null the first time. */
async function claimDue(db: Db, leaseMs: number) {
  return await db.transaction().execute(async (tx) => {
    const rows = await tx
      .selectFrom("living_texts")
      .selectAll()
      .whereRef("wanted_version", ">", "sent_version")
      .where("due_at", "<=", sql<Date>`now()`)
      .forUpdate()
      .skipLocked()
      .limit(50)
      .execute();
    if (rows.length === 0) return [];
    await tx
      .updateTable("living_texts")
      .set({ due_at: inFuture(leaseMs), tried_since: sql<Date>`coalesce(tried_since, now())` })
      .where(
        "epic_id",
        "in",
        rows.map((row) => row.epic_id),
      )
      .execute();
    return rows.map((row) => ({
      epicId: row.epic_id,
      wantedVersion: row.wanted_version,
      commentId: row.comment_id,
      triedSince: row.tried_since === null ? null : iso(row.tried_since),
    }));
  });
}
