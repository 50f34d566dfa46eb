import type { Selectable } from "kysely";
import { z } from "zod";
import type { Epic } from "../../domain/epic.ts";
import type { ProfilePlace, ProfileSetting } from "../../domain/profile.ts";
import type { ProfileChange } from "../../domain/profile-settings.ts";
import type { Db, Tx } from "./database.ts";
import { logDecision } from "./decision-log.ts";
import { roleOf } from "./noun-rows.ts";
import type { Database } from "./schema.ts";

const keys = z.enum(["model", "permissions", "harness"]);

/** What counts for an epic: the newest row of each place, role and key that sets something. */
export async function loadProfileSettings(
  db: Db | Tx,
  epic: Pick<Epic, "id" | "repository">,
): Promise<readonly ProfileSetting[]> {
  const rows = await db
    .selectFrom("profile_settings")
    .distinctOn(["epic_id", "task", "role", "key"])
    .selectAll()
    .where("repository_id", "=", epic.repository.id)
    .where((where) => where.or([where("epic_id", "is", null), where("epic_id", "=", epic.id)]))
    .orderBy("epic_id")
    .orderBy("task")
    .orderBy("role")
    .orderBy("key")
    .orderBy("id", "desc")
    .execute();
  return rows.flatMap((row) => {
    if (row.after === null) return [];
    const { role, key, after: value } = row;
    return [{ place: placeOf(row), role: roleOf(role), key: keys.parse(key), value }];
  });
}

/** Adds a row to the settings' history; none is ever changed. */
export async function saveProfileChange(
  tx: Tx,
  epic: Epic,
  { place, role, key, from, to, by }: ProfileChange,
): Promise<void> {
  await tx
    .insertInto("profile_settings")
    .values({
      repository_id: epic.repository.id,
      epic_id: place.layer === "repository" ? null : epic.id,
      task: place.layer === "task" ? place.task : null,
      role,
      key,
      before: from,
      after: to,
      actor_id: by.id,
      actor_login: by.login,
    })
    .execute();
  const detail = { place, role, key, from, to, by: by.login };
  await logDecision(tx, epic.id, { agent: null, what: "profile set", detail });
}

function placeOf({ epic_id, task }: Selectable<Database["profile_settings"]>): ProfilePlace {
  if (epic_id === null) return { layer: "repository" };
  return task === null ? { layer: "epic" } : { layer: "task", task };
}
