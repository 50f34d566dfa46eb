import { Redis } from "ioredis";
import pg from "pg";
import { expect, test } from "vitest";
import { createDatabase, createRedis, type Template } from "./servers.ts";

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql).finally(() => client.end());
  return rows;
}

test("each test file gets a database of its own, copied from one that is filled once", async () => {
  let fills = 0;
  const template: Template = {
    name: "servers_test",
    fill: async (url) => {
      fills += 1;
      await ask(url, "create table rows as select 42 as answer");
    },
  };

  const [first, second, empty] = [
    await createDatabase(template),
    await createDatabase(template),
    await createDatabase(),
  ];
  await ask(first, "insert into rows values (43)");

  expect(fills).toBe(1);
  expect(await ask(first, "select answer from rows order by 1")).toEqual([
    { answer: 42 },
    { answer: 43 },
  ]);
  expect(await ask(second, "select answer from rows")).toEqual([{ answer: 42 }]);
  await expect(ask(empty, "select answer from rows")).rejects.toThrow("does not exist");
});

test("each test file gets a numbered Redis database of its own", async () => {
  const first = new Redis(await createRedis());
  const second = new Redis(await createRedis());

  await first.set("key", "first");
  await second.set("key", "second");

  expect(await first.get("key")).toBe("first");
  first.disconnect();
  second.disconnect();
});
