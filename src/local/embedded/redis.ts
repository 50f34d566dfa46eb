import { readFileSync, realpathSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Clock, systemClock } from "../../lib/clock.ts";
import { PortError } from "../../lib/port-error.ts";
import { checkReachable, checkSocketPath, makeFolder, removeSocket } from "./folders.ts";
import { isSocketGone, LOST_SOCKET_LIMIT_MS } from "./lost-socket.ts";
import {
  argumentsOf,
  identifyProcess,
  isRunning,
  type ProcessIdentity,
  stopProcess,
  workingFolderOf,
} from "./process-identity.ts";
import { whyNotPonging } from "./redis-connection.ts";
import { startServerProcess } from "./server-process.ts";
import { findServiceUser, type ServiceUser } from "./service-user.ts";

const SOCKET = "redis.sock";

export type RedisOptions = {
  /** A folder for this server alone. */
  readonly dataDir: string;
  /** A short one; may be shared with the other servers of the same data folder. */
  readonly socketDir: string;
  /** False keeps nothing on disk, for tests. Default true. */
  readonly durable?: boolean;
  /** Numbered databases. Default 16. */
  readonly databases?: number;
  /** Time for loading its file included. Default 30_000. */
  readonly startLimitMs?: number;
  /** Told in one line what is changed outside of the data folder. */
  readonly say?: (line: string) => void;
  readonly clock?: Clock;
};

export type RedisServer = {
  /** For REDIS_URL: the socket's path, which ioredis takes as it is, also with `?db=2`. */
  readonly url: string;
  /** The socket. */
  readonly path: string;
  readonly pid: number;
  /** True when a server left by a killed run goes on. */
  readonly adopted: boolean;
  readonly stop: () => Promise<void>;
};

/**
 * Starts the private Redis of a data folder on a unix socket, or adopts the one that a killed run
 * left. It outlives this process until `stop()`.
 *
 * @throws {PortError} `redis`, not retryable: no redis-server on PATH, or it does not come up
 */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  try {
    return await adoptOrStart(options);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PortError("redis", `The private Redis did not start: ${reason}`, {
      retryable: false,
      cause,
    });
  }
}

/** Stops the server that a killed run left on its data folder. @returns whether there was one */
export async function stopLeftRedis(dataDir: string): Promise<boolean> {
  const left = findRedis(dataDir);
  if (left) await stopServer(left);
  return left !== null;
}

async function adoptOrStart(options: RedisOptions): Promise<RedisServer> {
  const { dataDir, socketDir, clock = systemClock, startLimitMs = 30_000 } = options;
  const user = findServiceUser(options.say ?? (() => {}));
  const path = checkSocketPath(join(socketDir, SOCKET));
  makeFolder(dataDir, user ? 0o711 : 0o700, null);
  makeFolder(filesOf(dataDir), 0o700, user);
  checkReachable(filesOf(dataDir), user);
  const deadline = clock.nowMs() + startLimitMs;
  const left = findRedis(dataDir);
  if (left) {
    if (await answers(left, deadline, clock)) return asServer(left, true);
    await stopProcess(left.process);
  }
  makeFolder(socketDir, 0o700, user);
  rmSync(path, { force: true });
  return asServer({ process: await start(user, options, deadline), socket: path }, false);
}

async function start(
  user: ServiceUser | null,
  options: RedisOptions,
  deadline: number,
): Promise<ProcessIdentity> {
  const { dataDir, socketDir, clock = systemClock } = options;
  const server = await startServerProcess({
    program: "redis-server",
    args: serverArguments(options),
    logFile: join(dataDir, "redis.log"),
    user,
  });
  for (;;) {
    const reason = await whyNotPonging(join(socketDir, SOCKET));
    const ended = server.ended();
    if (reason === null && !ended) return server.identity;
    if (ended) throw new Error(ended);
    if (clock.nowMs() >= deadline) {
      await stopProcess(server.identity);
      throw new Error(`no answer within its limit: ${reason}`);
    }
    await clock.sleep(10);
  }
}

function serverArguments({
  dataDir,
  socketDir,
  durable = true,
  databases = 16,
}: RedisOptions): readonly string[] {
  const settings = {
    port: 0,
    unixsocket: join(socketDir, SOCKET),
    unixsocketperm: 700,
    dir: filesOf(dataDir),
    pidfile: pidFileOf(dataDir),
    databases,
    appendonly: durable ? "yes" : "no",
    appendfsync: "everysec",
    save: "",
    // Anything else may drop a queue's keys.
    "maxmemory-policy": "noeviction",
  };
  return Object.entries(settings).flatMap(([key, is]) => [`--${key}`, String(is)]);
}

type RunningRedis = { readonly process: ProcessIdentity; readonly socket: string };

// Redis shows its socket among its arguments once it runs, and works in its data folder.
function findRedis(dataDir: string): RunningRedis | null {
  const pid = readPid(pidFileOf(dataDir));
  const running = pid === null ? null : identifyProcess(pid);
  if (!running) return null;
  const title = argumentsOf(running.pid).join(" ");
  const socket = /redis-server.*unixsocket:? ?(\S+)/.exec(title)?.[1];
  const isOurs = workingFolderOf(running.pid) === realpathSync(filesOf(dataDir));
  return isOurs && socket !== undefined ? { process: running, socket } : null;
}

async function answers(
  { process: running, socket }: RunningRedis,
  deadline: number,
  clock: Clock,
): Promise<boolean> {
  const lostDeadline = clock.nowMs() + LOST_SOCKET_LIMIT_MS;
  for (;;) {
    const reason = await whyNotPonging(socket);
    if (reason === null) return true;
    const isLost = isSocketGone(reason) && clock.nowMs() >= lostDeadline;
    if (isLost || !isRunning(running) || clock.nowMs() >= deadline) return false;
    await clock.sleep(50);
  }
}

function readPid(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, "utf8").trim());
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

// Apart from our log: we never open for writing what the server's user could have replaced.
function filesOf(dataDir: string): string {
  return join(dataDir, "files");
}

function pidFileOf(dataDir: string): string {
  return join(filesOf(dataDir), "redis.pid");
}

function asServer(running: RunningRedis, adopted: boolean): RedisServer {
  const { process: identity, socket } = running;
  return { url: socket, path: socket, pid: identity.pid, adopted, stop: () => stopServer(running) };
}

async function stopServer({ process: identity, socket }: RunningRedis): Promise<void> {
  await stopProcess(identity);
  removeSocket(dirname(socket), SOCKET);
}
