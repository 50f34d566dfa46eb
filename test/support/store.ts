import { openDatabase } from "../../src/adapters/postgres/database.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { createStore } from "../../src/adapters/postgres/store.ts";
import { beginEpic } from "../../src/domain/decide-epic.ts";
import type { Rules } from "../../src/domain/settle.ts";
import type { Store } from "../../src/ports/store.ts";
import { anyBounds, profilesOf } from "./epic-view.ts";
import { createDatabase } from "./servers.ts";

export const rules: Rules = {
  maxWorkers: 10,
  profiles: profilesOf("model-s", "model-w"),
  bounds: anyBounds,
};

export type TestStore = { readonly store: Store; readonly databaseUrl: string };

/** A store on a migrated database of its own. Close it at the end of the test. */
export async function openTestStore(
  onChange: (epicId: number) => Promise<void> = async () => {},
): Promise<TestStore> {
  const databaseUrl = await createDatabase({ name: "migrated", fill: fillSchema });
  return { store: await createStore({ databaseUrl, rules, onChange }), databaseUrl };
}

async function fillSchema(url: string): Promise<void> {
  const { db } = openDatabase(url);
  await migrate(db);
  await db.destroy();
}

/** An epic that has just begun: IN_PROGRESS, its supervisor STARTING. */
export async function openTestEpic(store: Store, plan: "ask" | "auto" = "auto"): Promise<number> {
  const repository = await store.repositories.remember({
    githubId: 1,
    installationId: 11,
    owner: "acme",
    name: "shop",
  });
  const { epicId } = await store.epics.open({
    repository,
    issueNumber: 12,
    title: "A catalogue",
    body: "Build it.",
    author: { id: 7, login: "ana" },
    plan,
    verifyCommand: null,
    branch: "ff/epic-12-a-catalogue",
    baseBranch: "main",
  });
  await store.epics.change(epicId, { what: "test", actor: null }, (view) => ({
    decision: beginEpic(view, rules.profiles.supervisor),
    result: null,
  }));
  return epicId;
}
