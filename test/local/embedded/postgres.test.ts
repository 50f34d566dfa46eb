import { spawn } from "node:child_process";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type PostgresServer, startPostgres } from "../../../src/local/embedded/postgres.ts";
import {
  identifyProcess,
  isRunning,
  stopProcess,
} from "../../../src/local/embedded/process-identity.ts";
import { findServiceUser, type ServiceUser } from "../../../src/local/embedded/service-user.ts";
import { startThenDie } from "../../support/killed-starter.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { makeZombie } from "../../support/zombie.ts";

type Options = { readonly dataDir: string; readonly socketDir: string; readonly durable: boolean };

let options: Options;

beforeAll(async () => {
  const folder = temporaryFolder();
  options = { dataDir: join(folder, "data"), socketDir: join(folder, "s"), durable: false };
  const server = await startPostgres(options);
  await ask(server, "create table kept as select 42 as answer");
  await server.stop();
});

afterAll(async () => {
  await (await startPostgres(options)).stop();
});

async function ask(server: PostgresServer, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url });
  client.on("error", () => {});
  await client.connect();
  const { rows } = await client.query(sql).finally(() => client.end());
  return rows;
}

async function startForTest(): Promise<PostgresServer> {
  const server = await startPostgres(options);
  onTestFinished(() => server.stop());
  return server;
}

async function kill9(pid: number): Promise<void> {
  const identity = identifyProcess(pid) ?? { pid, startTicks: -1 };
  await stopProcess(identity, [{ signal: "SIGKILL", waitMs: 10_000 }]);
}

test("what was stored is there after a stop and a start, and a stop leaves no socket", async () => {
  const first = await startPostgres(options);
  await first.stop();
  expect(statSync(options.socketDir, { throwIfNoEntry: false })).toBeUndefined();

  const second = await startForTest();

  expect(second.adopted).toBe(false);
  expect(await ask(second, "select answer from kept")).toEqual([{ answer: 42 }]);
});

test("it listens on its unix socket alone, and never runs as root", async () => {
  const server = await startForTest();

  expect(await ask(server, "show listen_addresses")).toEqual([{ listen_addresses: "" }]);
  expect(statSync(join(server.host, ".s.PGSQL.5432")).isSocket()).toBe(true);
  expect(statSync(`/proc/${server.pid}`).uid).not.toBe(0);
});

test("a wrong password is refused, and the right one is readable by its owner alone (S11)", async () => {
  const server = await startForTest();
  const wrong = new URL(server.url);
  wrong.password = "guess";

  const client = new pg.Client({ connectionString: wrong.href });

  await expect(client.connect()).rejects.toThrow("password authentication failed");
  expect(statSync(join(options.dataDir, "password")).mode & 0o777).toBe(0o600);
});

test("a server whose starter was killed with its group goes on and is adopted (R9)", async () => {
  const pid = await startThenDie("postgres.ts", "startPostgres", options);

  const adopted = await startForTest();

  expect(adopted).toMatchObject({ pid, adopted: true });
  expect(await ask(adopted, "select answer from kept")).toEqual([{ answer: 42 }]);
});

test("after a kill -9 of the server itself, committed rows are there again (R9)", async () => {
  const killed = await startPostgres({ ...options, durable: true });
  await ask(killed, "create table survived as select 1 as row");
  await kill9(killed.pid);

  const server = await startForTest();

  expect(server.adopted).toBe(false);
  expect(await ask(server, "select row from survived")).toEqual([{ row: 1 }]);
});

test("a server that lost its socket is replaced", async () => {
  const lost = await startPostgres(options);
  rmSync(options.socketDir, { recursive: true });

  const server = await startForTest();

  expect(server.pid).not.toBe(lost.pid);
  expect(identifyProcess(lost.pid)).toBeNull();
  expect(await ask(server, "select answer from kept")).toEqual([{ answer: 42 }]);
});

async function leaveLockFileOf(pid: number): Promise<void> {
  const lockFile = join(options.dataDir, "cluster/postmaster.pid");
  const first = await startPostgres(options);
  const lines = readFileSync(lockFile, "utf8").split("\n");
  await first.stop();
  writeFileSync(lockFile, [pid, ...lines.slice(1)].join("\n"));
}

// PostgreSQL minds only processes of its own user.
const serverUser = (): ServiceUser | null => findServiceUser(() => {});

test("a lock file whose pid belongs to another program by now is no obstacle (R9)", async () => {
  const user = serverUser();
  const stranger = spawn("sleep", ["60"], {
    cwd: "/",
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  onTestFinished(() => {
    stranger.kill("SIGKILL");
  });
  const identity = identifyProcess(stranger.pid ?? -1) ?? { pid: -1, startTicks: -1 };
  await leaveLockFileOf(identity.pid);

  const server = await startForTest();

  expect(server.adopted).toBe(false);
  expect(isRunning(identity)).toBe(true);
});

test("a killed server that nobody buries is no obstacle (R9)", async () => {
  const zombie = await makeZombie(serverUser());
  await leaveLockFileOf(zombie);

  const server = await startForTest();

  expect(() => process.kill(zombie, 0)).not.toThrow();
  expect(await ask(server, "select answer from kept")).toEqual([{ answer: 42 }]);
});

test("a missing password, a foreign version and a long socket path are each one clear line", async () => {
  const passwordFile = join(options.dataDir, "password");
  const versionFile = join(options.dataDir, "cluster/PG_VERSION");
  const password = readFileSync(passwordFile, "utf8");
  const version = readFileSync(versionFile, "utf8");

  rmSync(passwordFile);
  await expect(startPostgres(options)).rejects.toThrow(
    /password is missing; restore it, or remove/,
  );
  writeFileSync(passwordFile, password, { mode: 0o600 });

  writeFileSync(versionFile, "9.6\n");
  await expect(startPostgres(options)).rejects.toThrow(/written by PostgreSQL 9.6/);
  writeFileSync(versionFile, version);

  const socketDir = join(options.socketDir, "x".repeat(100));
  await expect(startPostgres({ ...options, socketDir })).rejects.toThrow(/107 is the most/);
});
