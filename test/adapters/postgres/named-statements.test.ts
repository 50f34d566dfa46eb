import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../../src/adapters/postgres/database.ts";
import { createDatabase } from "../../support/servers.ts";

async function oneConnection() {
  const { db, pool } = openDatabase(await createDatabase(), 1);
  onTestFinished(() => db.destroy());
  await pool.query("create table things (id int, name text)");
  await pool.query("insert into things values (1, 'one')");
  const named = async (): Promise<readonly string[]> => {
    const { rows } = await pool.query<{ statement: string }>(
      "select statement from pg_prepared_statements order by statement",
    );
    return rows.map(({ statement }) => statement);
  };
  return { db, pool, named };
}

async function often<Answer>(ask: () => Promise<Answer>): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let times = 0; times < 12; times += 1) answers.push(await ask());
  return answers;
}

test("a statement that is asked again and again is planned under a name, and answers the same (G6)", async () => {
  const { db, named } = await oneConnection();
  const once = sql`select name from things where id = ${2}`;
  const ask = () => sql<{ name: string }>`select name from things where id = ${1}`.execute(db);

  await once.execute(db);
  expect(await named()).toEqual([]);
  const answers = await often(ask);

  expect(new Set(answers.map(({ rows }) => rows[0]?.name))).toEqual(new Set(["one"]));
  expect(await named()).toEqual(["select name from things where id = $1"]);
});

test("a table that grows under a running process breaks none of its statements (D2)", async () => {
  const { db, pool, named } = await oneConnection();
  const all = () => sql`select * from things where id = ${1}`.execute(db);
  const part = () => sql`select id, name from things where id = ${1}`.execute(db);
  await often(all);
  await often(part);

  await pool.query("alter table things add column size int default 3");

  expect((await all()).rows).toEqual([{ id: 1, name: "one", size: 3 }]);
  expect((await part()).rows).toEqual([{ id: 1, name: "one" }]);
  expect(await named()).toEqual(["select id, name from things where id = $1"]);
});

test("texts that are never the same take no names, and cost no memory without end (G6)", async () => {
  const { db, named } = await oneConnection();
  for (let text = 0; text < 600; text += 1)
    await sql`select name from things where id = ${1} and ${sql.raw(`${text} = ${text}`)}`.execute(
      db,
    );
  const late = () => sql`select id from things where name = ${"one"}`.execute(db);

  const answers = await often(late);

  expect(answers.at(-1)?.rows).toEqual([{ id: 1 }]);
  expect(await named()).toEqual([]);
});
