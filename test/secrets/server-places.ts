import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import pg from "pg";
import { z } from "zod";
import { controlClient } from "../../src/local/github/control-client.ts";
import { objectsOf } from "./host-places.ts";
import type { DemoFolders, Found, Place } from "./places.ts";

// What is in the servers: GitHub, PostgreSQL, Redis.

const onGitHub: readonly { readonly kind: string; readonly table: string }[] = [
  { kind: "issues", table: "issues" },
  { kind: "comments", table: "comments" },
  { kind: "pull requests", table: "pulls" },
  { kind: "reviews", table: "reviews" },
  { kind: "checks", table: "checkRuns" },
  { kind: "labels", table: "labels" },
  // Its rows hold the references of every repository.
  { kind: "branch names", table: "repositories" },
];

export const serverPlaces: readonly Place[] = [
  ...onGitHub.map(
    ({ kind, table }): Place => ({
      kind,
      isFleeting: false,
      look: async (folders) =>
        rowsOf((await gitHubOf(folders).state())[table] ?? [], `GitHub's ${table}`),
    }),
  ),
  { kind: "commits", isFleeting: false, look: commits },
  { kind: "tables", isFleeting: false, look: tables },
  { kind: "Redis", isFleeting: true, look: everyKey },
];

const ports = z.object({ ports: z.object({ gitHub: z.number() }) });

/** Where the demo's local GitHub is. */
export function gitHubUrl({ data }: DemoFolders): string {
  const { gitHub } = ports.parse(JSON.parse(readFileSync(join(data, "run.json"), "utf8"))).ports;
  return `http://127.0.0.1:${gitHub}`;
}

function gitHubOf(folders: DemoFolders) {
  const token = readFileSync(join(folders.data, "github", "control-token"), "utf8").trim();
  return controlClient(gitHubUrl(folders), token);
}

/** Everything that was ever pushed. */
async function commits({ data }: DemoFolders): Promise<readonly Found[]> {
  const folder = join(data, "github", "repositories");
  return await Promise.all(readdirSync(folder).map((name) => objectsOf(join(folder, name))));
}

/** Every row of every table, as text. */
async function tables({ data }: DemoFolders): Promise<readonly Found[]> {
  return await onDatabase(data, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public'",
    );
    const found: Found[] = [];
    for (const { name } of rows) {
      const table = await client.query<{ text: string }>(
        `select row_to_json(t)::text as text from ${name} t`,
      );
      found.push(...table.rows.map(({ text }, row) => ({ where: `${name} ${row + 1}`, text })));
    }
    return found;
  });
}

/** Works on the demo's database. */
export async function onDatabase<Result>(
  data: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const file = join(data, "secrets", "database-url");
  const client = new pg.Client({ connectionString: readFileSync(file, "utf8").trim() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Names and values of every key, whatever its type. */
async function everyKey({ data }: DemoFolders): Promise<readonly Found[]> {
  return await onRedis(data, async (redis) => {
    const keys = await redis.keys("*");
    return await Promise.all(
      keys.map(async (key) => ({
        where: `Redis ${key}`,
        text: `${key}\n${JSON.stringify(await contentOf(redis, key))}`,
      })),
    );
  });
}

/** Works on the demo's Redis. */
export async function onRedis<Result>(
  data: string,
  work: (redis: Redis) => Promise<Result>,
): Promise<Result> {
  const redis = new Redis(readFileSync(join(data, "secrets", "redis-url"), "utf8").trim());
  redis.on("error", () => {});
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case "string":
      return await redis.get(key);
    case "hash":
      return await redis.hgetall(key);
    case "list":
      return await redis.lrange(key, 0, -1);
    case "set":
      return await redis.smembers(key);
    case "zset":
      return await redis.zrange(key, "0", "-1");
    case "stream":
      return await redis.xrange(key, "-", "+");
    default:
      // Gone since it was listed.
      return null;
  }
}

function rowsOf(rows: readonly { readonly id: number }[], table: string): readonly Found[] {
  return rows.map((row) => ({ where: `${table} ${row.id}`, text: JSON.stringify(row) }));
}
