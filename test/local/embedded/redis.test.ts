import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { identifyProcess, stopProcess } from "../../../src/local/embedded/process-identity.ts";
import {
  type RedisOptions,
  type RedisServer,
  startRedis,
} from "../../../src/local/embedded/redis.ts";
import { startThenDie } from "../../support/killed-starter.ts";
import { stopProcessesIn } from "../../support/run-folder.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const used: string[] = [];

afterEach(async () => {
  for (const folder of used.splice(0)) await stopProcessesIn(folder);
});

function newOptions(): RedisOptions {
  const folder = temporaryFolder();
  used.push(folder);
  return { dataDir: join(folder, "data"), socketDir: join(folder, "s") };
}

function clientOf(server: RedisServer): Redis {
  const client = new Redis(server.url);
  client.on("error", () => {});
  onTestFinished(() => client.disconnect());
  return client;
}

test("a key is there after a stop and a start, and a stop leaves no socket", async () => {
  const options = newOptions();
  const first = await startRedis(options);
  await clientOf(first).set("key", "kept");
  await first.stop();
  expect(statSync(options.socketDir, { throwIfNoEntry: false })).toBeUndefined();

  const second = await startRedis(options);

  expect(second.adopted).toBe(false);
  expect(await clientOf(second).get("key")).toBe("kept");
});

test("it listens on its unix socket alone, evicts nothing and never runs as root", async () => {
  const server = await startRedis(newOptions());
  const client = clientOf(server);

  expect(await client.config("GET", "port")).toEqual(["port", "0"]);
  expect(await client.config("GET", "maxmemory-policy")).toEqual([
    "maxmemory-policy",
    "noeviction",
  ]);
  expect(statSync(server.path).isSocket()).toBe(true);
  expect(statSync(`/proc/${server.pid}`).uid).not.toBe(0);
});

test("a server whose starter was killed with its group goes on and is adopted (R9)", async () => {
  const options = newOptions();
  const pid = await startThenDie("redis.ts", "startRedis", options);

  const adopted = await startRedis(options);

  expect(adopted).toMatchObject({ pid, adopted: true });
});

test("after a kill -9 of the server itself the next start takes its files over (R9)", async () => {
  const options = newOptions();
  const killed = await startRedis(options);
  await clientOf(killed).set("key", "kept");
  const identity = identifyProcess(killed.pid) ?? { pid: killed.pid, startTicks: -1 };
  await stopProcess(identity, [{ signal: "SIGKILL", waitMs: 10_000 }]);

  const server = await startRedis(options);

  expect(server.adopted).toBe(false);
  expect(await clientOf(server).get("key")).toBe("kept");
});

test("a server that lost its socket is replaced", async () => {
  const options = newOptions();
  const lost = await startRedis(options);
  rmSync(lost.path);

  const server = await startRedis(options);

  expect(server.pid).not.toBe(lost.pid);
  expect(identifyProcess(lost.pid)).toBeNull();
});

test("a socket path that the kernel would cut is refused with its length", async () => {
  const options = newOptions();
  const socketDir = join(options.socketDir, "x".repeat(100));

  await expect(startRedis({ ...options, socketDir })).rejects.toThrow(/107 is the most/);
});
