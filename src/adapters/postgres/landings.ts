import type { Selectable } from "kysely";
import { z } from "zod";
import type { LandingRow, Landings } from "../../ports/epics.ts";
import { type Db, guarded, iso } from "./database.ts";
import type { Database } from "./schema.ts";

const states = z.enum(["merging", "verified", "publishing", "landed", "sentBack", "withdrawn"]);

/** Attempts to land, in PostgreSQL. They are written with the decisions they belong to. */
export function createLandings(db: Db): Landings {
  return {
    unfinished: (epicId, task) =>
      guarded(async () => {
        const row = await db
          .selectFrom("landings")
          .selectAll()
          .where("epic_id", "=", epicId)
          .where("task", "=", task)
          .where("state", "in", ["merging", "verified", "publishing"])
          .orderBy("started_at", "desc")
          .limit(1)
          .executeTakeFirst();
        return row ? landingOfRow(row) : null;
      }),
    publishing: (epicId, mergeSha) =>
      guarded(async () => {
        const row = await db
          .selectFrom("landings")
          .selectAll()
          .where("epic_id", "=", epicId)
          .where("merge_sha", "=", mergeSha)
          .where("state", "=", "publishing")
          .limit(1)
          .executeTakeFirst();
        return row ? landingOfRow(row) : null;
      }),
  };
}

function landingOfRow(row: Selectable<Database["landings"]>): LandingRow {
  return {
    id: row.id,
    task: row.task,
    headSha: row.head_sha,
    tipSha: row.tip_sha,
    treeSha: row.tree_sha,
    mergeSha: row.merge_sha,
    state: states.parse(row.state),
    leaseEpoch: row.lease_epoch,
    startedAt: iso(row.started_at),
  };
}
