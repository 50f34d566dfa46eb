import { Kysely, PostgresDialect, type Transaction } from "kysely";
import pg from "pg";
import { PortError } from "../../lib/port-error.ts";
import { retry } from "../../lib/retry.ts";
import { createNaming } from "./named-statements.ts";
import type { Database } from "./schema.ts";

export type Db = Kysely<Database>;
export type Tx = Transaction<Database>;

/** Connections per process. A web or workers process rarely has more than a dozen at work. */
const defaultMaxConnections = 20;
const connectTimeoutMs = 5_000;
/** No statement of the product takes longer than this on a healthy server. */
const statementTimeoutMs = 30_000;
const int8 = 20;
const numeric = 1700;

/**
 * Opens a pool. Nothing connects before the first query.
 *
 * @param url a PostgreSQL connection URL; a `host` query parameter may name a socket folder
 */
export function openDatabase(
  url: string,
  maxConnections = defaultMaxConnections,
): {
  readonly db: Db;
  readonly pool: pg.Pool;
} {
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    types: { getTypeParser: parserOf },
  });
  // A pool without a listener ends the process when the server goes away; queries report it anyway.
  pool.on("error", () => {});
  pool.on("connect", createNaming());
  return { db: new Kysely<Database>({ dialect: new PostgresDialect({ pool }) }), pool };
}

/** Where a connection URL leads, for people: server and database, nobody's name or password. */
export function placeOf(url: string): string {
  if (!URL.canParse(url)) return "PostgreSQL";
  const { hostname, port, pathname, searchParams } = new URL(url);
  const host = searchParams.get("host") ?? hostname;
  const database = decodeURIComponent(pathname.slice(1)) || "its user's database";
  return `PostgreSQL at ${host}:${searchParams.get("port") ?? (port || "5432")}, ${database},`;
}

/** A host with several addresses fails with one error for each, and no words of its own. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join(", ");
  if (cause instanceof PortError) return reasonOf(cause.cause ?? cause.message);
  return cause instanceof Error ? cause.message : String(cause);
}

/** Ids and counts stay far below 2^53, so they are read as numbers. */
function parserOf(oid: number, format?: "text" | "binary"): (value: string) => unknown {
  if (oid === int8 || oid === numeric) return Number;
  return format === "binary" ? pg.types.getTypeParser(oid, "binary") : pg.types.getTypeParser(oid);
}

/** Runs a query or transaction; what the server or the connection did wrong becomes a PortError. */
export async function guarded<Result>(work: () => Promise<Result>): Promise<Result> {
  return await retry(() => work().catch(rethrow), { attempts: 5, firstWaitMs: 20 });
}

function rethrow(error: unknown): never {
  if (error instanceof PortError) throw error;
  if (error instanceof Error && isWeather(error))
    throw new PortError("postgres", `PostgreSQL cannot answer: ${error.message}`, {
      retryable: true,
      cause: error,
    });
  throw error;
}

/** Connection trouble, shutdown, too many connections, serialisation and deadlock. */
function isWeather(error: Error): boolean {
  const code = "code" in error ? String(error.code) : "";
  return (
    /^(08|57P|53|40)/.test(code) ||
    ["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ETIMEDOUT"].includes(code) ||
    /connection (terminated|timeout)|timeout exceeded when trying to connect/i.test(error.message)
  );
}

/** A right that was lost meanwhile: the transaction is rolled back and nothing is tried again. */
export function stale(what: string): PortError {
  return new PortError("postgres", `stale: ${what} is held by someone else by now`, {
    retryable: false,
  });
}

/** A timestamp column as the ports name instants: ISO 8601, UTC. */
export function iso(instant: Date): string {
  return instant.toISOString();
}
