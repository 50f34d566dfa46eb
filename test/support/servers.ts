import { Redis } from "ioredis";
import pg from "pg";
import { inject } from "vitest";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { shortId } from "../../src/lib/ids.ts";
import { takeDataFolder } from "../../src/local/embedded/data-folder.ts";
import { startPostgres } from "../../src/local/embedded/postgres.ts";
import { startRedis } from "../../src/local/embedded/redis.ts";
import { foldersOf } from "./run-folder.ts";

// One PostgreSQL and one Redis per run of vitest, started by the first file that asks for them and
// stopped by the run's end (test/support/global-setup.ts).

const REDIS_DATABASES = 1024;

/** A database to copy: filled once per run, however many files ask for it. */
export type Template = {
  /** Lower-case letters, digits and `_`; another name is another template. */
  readonly name: string;
  /** Given the URL of an empty database. It must leave no connection open. */
  readonly fill: (databaseUrl: string) => Promise<void>;
};

/**
 * Makes a database that nobody else uses, on the run's PostgreSQL (without fsync).
 *
 * @param template what it starts from; empty without one
 * @returns its DATABASE_URL
 */
export async function createDatabase(template: Template | null = null): Promise<string> {
  const server = await testPostgres();
  const source = template ? await provideTemplate(server.url, template) : "template1";
  const name = `test_${shortId()}`;
  await withClient(server.url, (client) =>
    client.query(`create database ${name} template ${source}`),
  );
  return onDatabase(server.url, name);
}

/**
 * Takes a numbered database that nobody else uses, on the run's Redis (which keeps nothing on disk).
 *
 * @returns its REDIS_URL. FLUSHALL would empty everybody's: a test that needs it starts its own
 */
export async function createRedis(): Promise<string> {
  const server = await underLock("redis", () =>
    startRedis({
      ...foldersOf(inject("runFolder"), "redis"),
      durable: false,
      databases: REDIS_DATABASES,
    }),
  );
  const client = new Redis(server.url);
  try {
    return `${server.url}?db=${await client.incr("databases given out")}`;
  } finally {
    client.disconnect();
  }
}

function testPostgres(): Promise<{ readonly url: string }> {
  return underLock("postgres", () =>
    startPostgres({ ...foldersOf(inject("runFolder"), "postgres"), durable: false }),
  );
}

// The files run in several processes: the first starts the server, the others adopt it.
async function underLock<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const taken = await awaitFact(
    `this process may start ${name}`,
    () => takeDataFolder(foldersOf(inject("runFolder"), name).lockDir),
    (answer) => !("refused" in answer),
    { limitMs: 60_000 },
  );
  try {
    return await work();
  } finally {
    if (!("refused" in taken)) taken.release();
  }
}

async function provideTemplate(serverUrl: string, { name, fill }: Template): Promise<string> {
  const finished = `template_${name}`;
  const unfinished = `${finished}_unfinished`;
  await withClient(serverUrl, async (client) => {
    await client.query("select pg_advisory_lock(hashtext($1))", [finished]);
    const found = await client.query("select 1 from pg_database where datname = $1", [finished]);
    if (found.rowCount !== 0) return;
    await client.query(`drop database if exists ${unfinished} with (force)`);
    await client.query(`create database ${unfinished}`);
    await fill(onDatabase(serverUrl, unfinished));
    await client.query(`alter database ${unfinished} rename to ${finished}`);
  });
  return finished;
}

async function withClient(
  url: string,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function onDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = name;
  return changed.href;
}
