import { join } from "node:path";
import pg from "pg";
import { PortError } from "../../lib/port-error.ts";
import { redactShapes } from "../../lib/redact.ts";
import { socketFolderFor } from "./folders.ts";
import { startPostgres, stopLeftPostgres } from "./postgres.ts";
import { startRedis, stopLeftRedis } from "./redis.ts";
import { whyNotPonging } from "./redis-connection.ts";

const CONNECT_LIMIT_MS = 5_000;

export type ResolveOptions = {
  /** DATABASE_URL and REDIS_URL, where given, replace the embedded servers. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the embedded servers keep their data. */
  readonly dataDir: string;
  /** False trades the safety of a power cut for speed, for tests. Default true. */
  readonly durable?: boolean;
  readonly say?: (line: string) => void;
};

export type Servers = {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Which embedded servers a killed run had left and go on. */
  readonly adopted: readonly ("postgres" | "redis")[];
  /** Stops the embedded ones; servers given by URL are nobody's to stop. */
  readonly stop: () => Promise<void>;
};

/**
 * The two servers every program here needs: those given by URL, or the embedded ones.
 *
 * @throws {PortError} `postgres` or `redis`, with one line to show as it is; nothing that this call
 *   started is left running then
 */
export async function resolveServers(options: ResolveOptions): Promise<Servers> {
  const { DATABASE_URL: givenDatabase, REDIS_URL: givenRedis, NODE_ENV } = options.env;
  if (NODE_ENV === "production") {
    if (!givenDatabase) throw notEmbedded("postgres", "DATABASE_URL");
    if (!givenRedis) throw notEmbedded("redis", "REDIS_URL");
  }
  // The given ones first: a typing error in a URL is found before anything is started.
  if (givenDatabase) await checkDatabase(givenDatabase);
  if (givenRedis) await checkRedis(givenRedis);

  const embedded = {
    socketDir: socketFolderFor(options.dataDir),
    durable: options.durable ?? true,
    ...(options.say && { say: options.say }),
  };
  const postgres = givenDatabase
    ? null
    : await startPostgres({ ...embedded, dataDir: join(options.dataDir, "postgres") });
  try {
    const redis = givenRedis
      ? null
      : await startRedis({ ...embedded, dataDir: join(options.dataDir, "redis") });
    return {
      databaseUrl: postgres?.url ?? givenDatabase ?? "",
      redisUrl: redis?.url ?? givenRedis ?? "",
      adopted: [
        ...(postgres?.adopted ? (["postgres"] as const) : []),
        ...(redis?.adopted ? (["redis"] as const) : []),
      ],
      stop: async () => {
        await redis?.stop();
        await postgres?.stop();
      },
    };
  } catch (error) {
    await postgres?.stop();
    throw error;
  }
}

/**
 * Stops the embedded servers that a killed run left on a data folder.
 *
 * @returns the names of those that ran
 */
export async function stopLeftServers(dataDir: string): Promise<readonly string[]> {
  const redis = await stopLeftRedis(join(dataDir, "redis"));
  const postgres = await stopLeftPostgres(join(dataDir, "postgres"));
  return [...(redis ? ["Redis"] : []), ...(postgres ? ["PostgreSQL"] : [])];
}

async function checkDatabase(url: string): Promise<void> {
  const client = openDatabase(url);
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (cause) {
    throw notAnswering("postgres", "DATABASE_URL", url, cause);
  } finally {
    await client.end();
  }
}

function openDatabase(url: string): pg.Client {
  try {
    return new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_LIMIT_MS,
    });
  } catch (cause) {
    throw notAnswering("postgres", "DATABASE_URL", url, cause);
  }
}

async function checkRedis(url: string): Promise<void> {
  const reason = await whyNotPonging(url);
  if (reason !== null) throw notAnswering("redis", "REDIS_URL", url, new Error(reason));
}

function notEmbedded(port: "postgres" | "redis", variable: string): PortError {
  return new PortError(
    port,
    `${variable} is not set, and the embedded servers are not for NODE_ENV=production; set it`,
    { retryable: false },
  );
}

function notAnswering(
  port: "postgres" | "redis",
  variable: string,
  url: string,
  cause: unknown,
): PortError {
  const reason = reasonOf(cause);
  return new PortError(
    port,
    `${variable} (${redactShapes(url)}) does not answer: ${redactShapes(reason)}; ` +
      `correct it, start that server, or unset ${variable} for the embedded one`,
    { retryable: true, cause },
  );
}

// A host with several addresses fails with one error per address and no text of its own.
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join(", ");
  return cause instanceof Error ? cause.message : String(cause);
}
