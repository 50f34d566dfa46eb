import { join } from "node:path";
import { type Clock, systemClock } from "../../lib/clock.ts";
import { PortError } from "../../lib/port-error.ts";
import { checkReachable, checkSocketPath, makeFolder, removeSocket } from "./folders.ts";
import { isSocketGone, LOST_SOCKET_LIMIT_MS } from "./lost-socket.ts";
import { providePostgresBinaries } from "./postgres-binaries.ts";
import { type Cluster, clusterOf, provideCluster } from "./postgres-cluster.ts";
import {
  connectionTo,
  createDatabase,
  DATABASE,
  PORT,
  urlOf,
  whyNotAnswering,
} from "./postgres-connection.ts";
import { findPostmaster, type Postmaster } from "./postmaster.ts";
import { type ProcessIdentity, type StopStep, stopProcess } from "./process-identity.ts";
import { productFolder } from "./product-folder.ts";
import { startServerProcess } from "./server-process.ts";
import { findServiceUser, type ServiceUser } from "./service-user.ts";

// Fast shutdown ends the sessions and writes a checkpoint; immediate leaves recovery to the start.
const STOP_STEPS: readonly StopStep[] = [
  { signal: "SIGINT", waitMs: 15_000 },
  { signal: "SIGQUIT", waitMs: 5_000 },
  { signal: "SIGKILL", waitMs: 5_000 },
];

export type PostgresOptions = {
  /** A folder for this server alone. */
  readonly dataDir: string;
  /** A short one; may be shared with the other servers of the same data folder. */
  readonly socketDir: string;
  /** False trades the safety of a power cut for speed, for tests. Default true. */
  readonly durable?: boolean;
  /** Time for recovery after a kill included. Default 60_000. */
  readonly startLimitMs?: number;
  /** Default 200. */
  readonly maxConnections?: number;
  /** Told in one line what is changed outside of the data folder. */
  readonly say?: (line: string) => void;
  readonly clock?: Clock;
};

export type PostgresServer = {
  /** For DATABASE_URL; the host stands in the query, as libpq and node-postgres read it. */
  readonly url: string;
  /** The folder of the socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly pid: number;
  /** True when a server left by a killed run goes on. */
  readonly adopted: boolean;
  readonly stop: () => Promise<void>;
};

/**
 * Starts the embedded PostgreSQL of a data folder on a unix socket, or adopts the one that a killed
 * run left. It outlives this process until `stop()`.
 *
 * @throws {PortError} `postgres`, not retryable: it does not come up, or the folders do not do
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  try {
    return await adoptOrStart(options);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PortError("postgres", `The embedded PostgreSQL did not start: ${reason}`, {
      retryable: false,
      cause,
    });
  }
}

/** Stops the server that a killed run left on its data folder. @returns whether there was one */
export async function stopLeftPostgres(dataDir: string): Promise<boolean> {
  const left = findPostmaster(clusterOf(dataDir));
  if (left) await stopServer(left.process, left.socketDir);
  return left !== null;
}

async function adoptOrStart(options: PostgresOptions): Promise<PostgresServer> {
  const { dataDir, socketDir, durable = true, say = () => {} } = options;
  const user = findServiceUser(say);
  makeFolder(dataDir, user ? 0o711 : 0o700, null);
  checkReachable(clusterOf(dataDir), user);
  const binaries = providePostgresBinaries(productFolder(process.env));
  const cluster = await provideCluster({ dataDir, binaries, user, durable });

  const adopted = await adopt(cluster, options);
  if (adopted) return asServer(adopted, cluster, true);

  makeFolder(socketDir, 0o700, user);
  checkSocketPath(join(socketDir, `.s.PGSQL.${PORT}`));
  const started = await start({ binaries, cluster, user }, options);
  await createDatabase(connectionTo(started.socketDir, cluster));
  return asServer(started, cluster, false);
}

async function adopt(
  cluster: Cluster,
  { startLimitMs = 60_000, clock = systemClock }: PostgresOptions,
): Promise<Postmaster | null> {
  const deadline = clock.nowMs() + startLimitMs;
  const lostDeadline = clock.nowMs() + LOST_SOCKET_LIMIT_MS;
  for (;;) {
    // Also one that is still recovering, or on its way out.
    const running = findPostmaster(cluster.folder);
    if (!running) return null;
    const connection = connectionTo(running.socketDir, cluster);
    const reason = await whyNotAnswering(connection);
    if (reason === null) {
      await createDatabase(connection);
      return running;
    }
    const isLost = isSocketGone(reason) && clock.nowMs() >= lostDeadline;
    if (isLost || clock.nowMs() >= deadline) {
      await stopProcess(running.process, STOP_STEPS, clock);
      return null;
    }
    await clock.sleep(50);
  }
}

type StartParts = {
  readonly binaries: string;
  readonly cluster: Cluster;
  readonly user: ServiceUser | null;
};

async function start(parts: StartParts, options: PostgresOptions): Promise<Postmaster> {
  const { startLimitMs = 60_000, clock = systemClock } = options;
  const deadline = clock.nowMs() + startLimitMs;
  for (;;) {
    const outcome = await startOnce(parts, options, deadline);
    if (typeof outcome !== "string") return outcome;
    // The sessions of a server killed a moment ago still hold its shared memory.
    const isPassing = outcome.includes("shared memory block") && clock.nowMs() < deadline;
    if (!isPassing) throw new Error(outcome);
    await clock.sleep(100);
  }
}

/** @returns why it did not come up, as text, or who runs */
async function startOnce(
  { binaries, cluster, user }: StartParts,
  options: PostgresOptions,
  deadline: number,
): Promise<Postmaster | string> {
  const { dataDir, socketDir, clock = systemClock } = options;
  const server = await startServerProcess({
    program: join(binaries, "bin/postgres"),
    args: serverArguments(cluster, options),
    logFile: join(dataDir, "postgres.log"),
    user,
  });
  for (;;) {
    const reason = await whyNotAnswering(connectionTo(socketDir, cluster));
    if (reason === null) return { process: server.identity, socketDir };
    const ended = server.ended();
    if (ended) return ended;
    if (clock.nowMs() >= deadline) {
      await stopProcess(server.identity, STOP_STEPS, clock);
      return `no answer within its limit: ${reason}`;
    }
    await clock.sleep(20);
  }
}

function serverArguments(
  { folder }: Cluster,
  { socketDir, durable = true, maxConnections = 200 }: PostgresOptions,
): readonly string[] {
  const settings = {
    listen_addresses: "",
    port: PORT,
    unix_socket_directories: socketDir,
    unix_socket_permissions: "0700",
    max_connections: maxConnections,
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  return ["-D", folder, ...Object.entries(settings).flatMap(([key, is]) => ["-c", `${key}=${is}`])];
}

function asServer(
  { process: running, socketDir }: Postmaster,
  cluster: Cluster,
  adopted: boolean,
): PostgresServer {
  const connection = connectionTo(socketDir, cluster);
  return {
    ...connection,
    url: urlOf(connection, DATABASE),
    database: DATABASE,
    pid: running.pid,
    adopted,
    stop: () => stopServer(running, socketDir),
  };
}

async function stopServer(running: ProcessIdentity, socketDir: string): Promise<void> {
  await stopProcess(running, STOP_STEPS);
  removeSocket(socketDir, `.s.PGSQL.${PORT}`);
}
