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

/** Asks for what counts for an epic: the newest row of each place, role and key. */
export function profileSettingRows(db: Db | Tx, epicId: number, repositoryId: number) {
  return db
    .selectFrom("profile_settings")
    .distinctOn(["epic_id", "task", "role", "key"])
    .select(["epic_id", "task", "role", "key", "after"])
    .where("repository_id", "=", repositoryId)
    .where((where) => where.or([where("epic_id", "is", null), where("epic_id", "=", epicId)]))
    .orderBy("epic_id")
    .orderBy("task")
    .orderBy("role")
    .orderBy("key")
    .orderBy("id", "desc");
}

type SettingRow = Pick<
  Selectable<Database["profile_settings"]>,
  "epic_id" | "task" | "role" | "key" | "after"
>;

/** A setting from its row; none where the newest row takes one back. */
export function profileSettingOf(row: SettingRow): readonly ProfileSetting[] {
  if (row.after === null) return [];
  const { role, key, after: value } = row;
  return [{ place: placeOf(row), role: roleOf(role), key: keys.parse(key), value }];
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

function placeOf({ epic_id, task }: SettingRow): ProfilePlace {
  if (epic_id === null) return { layer: "repository" };
  return task === null ? { layer: "epic" } : { layer: "task", task };
}
