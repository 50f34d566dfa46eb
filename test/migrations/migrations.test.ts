import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Migrator } from "kysely/migration";
import { expect, test } from "vitest";
import { openDatabase } from "../../src/adapters/postgres/database.ts";
import { migrate, migrations } from "../../src/adapters/postgres/migrate.ts";
import { createStore } from "../../src/adapters/postgres/store.ts";
import { createDatabase } from "../support/servers.ts";
import { rules } from "../support/store.ts";

const rows = join(import.meta.dirname, "../fixtures/rows");

test("every migration meets the rows of those before it, and the store reads what comes out (O8)", async () => {
  const databaseUrl = await createDatabase();
  const { db, pool } = openDatabase(databaseUrl);
  const migrator = new Migrator({ db, provider: { getMigrations: migrations } });
  for (const name of Object.keys(await migrations())) {
    const { error } = await migrator.migrateTo(name);
    expect(error).toBeUndefined();
    await pool.query(readFileSync(join(rows, `${name}.sql`), "utf8"));
  }
  await db.destroy();

  const store = await createStore({ databaseUrl, rules, onChange: async () => {} });
  const { epic, tasks, agents, unreadMail, ...rest } = await store.epics.view(1);
  const worker = "worker/2";
  const call = await store.conversations.call(1, worker, "c1");
  await store.close();

  expect(epic).toMatchObject({ state: "PAUSED", from: "IN_PROGRESS", reason: "lunch" });
  expect([epic.planRevision, epic.planShownBy]).toEqual([0, null]);
  expect(tasks.map(({ state, dependsOn }) => [state, dependsOn])).toEqual([
    ["COMPLETED", []],
    ["APPROVED", [1]],
  ]);
  expect(agents.map(({ key, crashes }) => [key, crashes])).toEqual([
    ["supervisor", 0],
    ["worker/2", 1],
  ]);
  expect(rest.approvals.map(({ id, state, commentId }) => [id, state, commentId])).toEqual([
    ["b7k2", "PENDING", 77],
    ["c3x9", "DENIED", null],
  ]);
  expect(rest.profileSettings.map(({ place, value }) => [place.layer, value]).sort()).toEqual([
    ["epic", "strict"],
    ["repository", "claude-haiku-5-5"],
    ["task", "claude-opus-5-5"],
  ]);
  expect(unreadMail[0]?.from).toEqual({ kind: "human", actor: { id: 7, login: "ana" } });
  expect(call?.operation).toEqual({ kind: "commit", task: 2, message: "m" });
});

test("every migration has rows for the next one (O8)", async () => {
  const names = Object.keys(await migrations());

  expect(readdirSync(rows).sort()).toEqual(names.map((name) => `${name}.sql`).sort());
  expect(names.length).toBeGreaterThan(2);
});

test("processes that start together migrate once (O8)", async () => {
  const databaseUrl = await createDatabase();
  const databases = [1, 2, 3].map(() => openDatabase(databaseUrl).db);

  const ran = await Promise.all(databases.map((db) => migrate(db)));
  await Promise.all(databases.map((db) => db.destroy()));

  expect(ran.flat().sort()).toEqual(Object.keys(await migrations()));
});
