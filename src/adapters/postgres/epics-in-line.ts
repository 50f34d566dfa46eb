import { sql } from "kysely";
import type { Db } from "./database.ts";

/** Queued epics in the order of labelling, without those whose question is open, and what is at work. */
export async function epicsInLine(db: Db) {
  const queued = await db
    .selectFrom("epics")
    .innerJoin("repositories", "repositories.id", "epics.repository_id")
    .select(["epics.id", "repositories.installation_id"])
    .where("epics.state", "=", "QUEUED")
    .where("epics.id", "not in", (where) =>
      where.selectFrom("questions").select("epic_id").where("answered_at", "is", null),
    )
    .orderBy("epics.id")
    .execute();
  if (queued.length === 0) return { queued: [], loads: [] };
  const loads = await db
    .selectFrom("epics")
    .innerJoin("repositories", "repositories.id", "epics.repository_id")
    .select([
      "repositories.installation_id",
      sql<number>`count(*) filter (where epics.state <> 'AWAITING_HUMAN_REVIEW')`.as("at_work"),
      sql<number>`count(*) filter (where epics.state = 'AWAITING_HUMAN_REVIEW')`.as("in_review"),
    ])
    .where("epics.state", "not in", ["QUEUED", "PAUSED", "COMPLETED", "FAILED", "CANCELLED"])
    .groupBy("repositories.installation_id")
    .execute();
  return {
    queued: queued.map((row) => ({ epicId: row.id, installationId: row.installation_id })),
    loads: loads.map((row) => ({
      installationId: row.installation_id,
      atWork: Number(row.at_work),
      inReview: Number(row.in_review),
    })),
  };
}
