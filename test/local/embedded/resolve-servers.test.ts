import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { findPostmaster } from "../../../src/local/embedded/postmaster.ts";
import { identifyProcess } from "../../../src/local/embedded/process-identity.ts";
import { resolveServers } from "../../../src/local/embedded/resolve-servers.ts";
import { createDatabase, createRedis } from "../../support/servers.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

test("without URLs both servers are embedded, and one stop ends both", async () => {
  const dataDir = temporaryFolder();

  const servers = await resolveServers({ env: {}, dataDir, durable: false });
  const postmaster = findPostmaster(`${dataDir}/postgres/cluster`);

  expect(servers.adopted).toEqual([]);
  expect(servers.databaseUrl).toMatch(/^postgres:\/\/factory:/);
  expect(servers.redisUrl).toMatch(/redis\.sock$/);
  await servers.stop();
  expect(identifyProcess(postmaster?.process.pid ?? -1)).toBeNull();
});

test("DATABASE_URL and REDIS_URL replace the embedded servers", async () => {
  const given = { DATABASE_URL: await createDatabase(), REDIS_URL: await createRedis() };
  const dataDir = temporaryFolder();

  const servers = await resolveServers({ env: given, dataDir });

  expect(servers).toMatchObject({
    databaseUrl: given.DATABASE_URL,
    redisUrl: given.REDIS_URL,
    adopted: [],
  });
  expect(findPostmaster(`${dataDir}/postgres/cluster`)).toBeNull();
});

test("a database that does not answer is one line without its password (S11)", async () => {
  const DATABASE_URL = "postgres://ada:canary-password@127.0.0.1:1/shop";

  const resolving = resolveServers({ env: { DATABASE_URL }, dataDir: temporaryFolder() });

  await expect(resolving).rejects.toMatchObject({
    port: "postgres",
    message:
      "DATABASE_URL (postgres://ada:[redacted]@127.0.0.1:1/shop) does not answer: " +
      "connect ECONNREFUSED 127.0.0.1:1; correct it, start that server, " +
      "or unset DATABASE_URL for the embedded one",
  });
});

test("a Redis that is none, or does not answer, is one line", async () => {
  const stranger = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    stranger.close();
  });
  const address = stranger.address();
  const port = typeof address === "object" ? address?.port : null;
  const resolveWith = (REDIS_URL: string): Promise<unknown> =>
    resolveServers({ env: { REDIS_URL }, dataDir: temporaryFolder() });

  await expect(resolveWith(`redis://127.0.0.1:${port}`)).rejects.toThrow(/400 Bad Request/);
  await expect(resolveWith("redis://:canary-secret@127.0.0.1:1")).rejects.toThrow(
    /^REDIS_URL \(redis:\/\/:\[redacted\]@127.0.0.1:1\) does not answer: connect ECONNREFUSED/,
  );
  await expect(resolveWith("/nonexistent/redis.sock")).rejects.toThrow(/ENOENT/);
  await expect(resolveWith("not a url")).rejects.toThrow(/REDIS_URL \(not a url\)/);
});

test("in production nothing is embedded, and the missing variable is named", async () => {
  const env = { NODE_ENV: "production" };
  const given = { ...env, DATABASE_URL: "postgres://127.0.0.1:1/shop" };
  const dataDir = temporaryFolder();

  await expect(resolveServers({ env, dataDir })).rejects.toThrow(/^DATABASE_URL is not set/);
  await expect(resolveServers({ env: given, dataDir })).rejects.toThrow(/^REDIS_URL is not set/);
});
