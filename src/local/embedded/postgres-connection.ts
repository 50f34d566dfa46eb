import pg from "pg";
import { type Cluster, SUPERUSER } from "./postgres-cluster.ts";

const CONNECT_LIMIT_MS = 2_000;

export const DATABASE = "factory";

// Names the socket; nothing listens on the network.
export const PORT = 5432;

export type Connection = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
};

/** @param host the folder of the socket */
export function connectionTo(host: string, { password }: Cluster): Connection {
  return { host, port: PORT, user: SUPERUSER, password };
}

/** A URL that node-postgres, libpq and the URL standard all read. */
export function urlOf({ host, port, user, password }: Connection, database: string): string {
  const search = new URLSearchParams({ host, port: String(port) });
  // "localhost" only makes it well-formed; the host in the query is the one that counts.
  return `postgres://${user}:${encodeURIComponent(password)}@localhost/${database}?${search}`;
}

/** @returns null when the server answers, else the reason */
export async function whyNotAnswering(connection: Connection): Promise<string | null> {
  try {
    await query(connection, "select 1");
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Makes the product's database where it is missing. */
export async function createDatabase(connection: Connection): Promise<void> {
  const look = `select 1 from pg_database where datname = '${DATABASE}'`;
  const { rowCount } = await query(connection, look);
  if (rowCount === 0) await query(connection, `create database ${DATABASE}`);
}

async function query(connection: Connection, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({
    ...connection,
    database: "postgres",
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
  });
  // A server that stops while we are connected is an answer, not a crash.
  client.on("error", () => {});
  try {
    await client.connect();
    return await client.query(sql);
  } finally {
    await client.end();
  }
}
