import { createSocket } from "node:dgram";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server } from "node:net";
import { join, posix } from "node:path";
import { startPostgres } from "../../src/local/embedded/postgres.ts";
import { startRedis } from "../../src/local/embedded/redis.ts";

/** What listens on the host, and tells the canary to whoever gets there. */
export type Servers = {
  readonly port: number;
  readonly productPort: number;
  /** A package registry that takes what it is given. */
  readonly registryPort: number;
  readonly abstractName: string;
  readonly postgresSocket: string;
  readonly redisSocket: string;
  readonly stop: () => Promise<void>;
};

/** Addresses that belong to others; the run's own network has them on its loopback. */
export const OUTSIDE = { metadata: "169.254.169.254", internet: "1.1.1.1" } as const;

/** Where packages are; what else its host has is not for cells. */
export const REGISTRY_FOLDER = "/packages";

export async function startVictimServers(
  folder: string,
  canary: string,
  hasNetwork: boolean,
): Promise<Servers> {
  const at = (name: string) => ({
    dataDir: join(folder, name),
    socketDir: join(folder, "s"),
    lockDir: join(folder, `${name}.lock`),
    durable: false,
  });
  const [postgres, redis] = await Promise.all([
    startPostgres(at("postgres")),
    startRedis(at("redis")),
  ]);
  const tell = () => createServer((socket) => socket.on("error", () => {}).end(`${canary}\n`));
  const abstractName = `factory-${canary}`;
  const loopback = await listening(tell(), { port: 0, host: "127.0.0.1" });
  const port = portOf(loopback);
  const plain = [loopback, await listening(tell(), { path: `\0${abstractName}` })];
  plain.push(await listening(tell(), { port, host: "::1" }));
  const web = () =>
    createHttpServer((request, response) => {
      request.resume();
      response.end(`${request.method} taken: ${canary}\n`);
    });
  const [product, registry] = [web(), registryOf(canary)];
  for (const one of [product, registry])
    plain.push(await listening(one, { port: 0, host: "127.0.0.1" }));
  const names = createSocket("udp4");
  if (hasNetwork) {
    for (const host of Object.values(OUTSIDE))
      plain.push(await listening(tell(), { port: 80, host }));
    names.on("message", (_, from) => names.send(canary, from.port, from.address));
    await new Promise<void>((resolve) => names.bind(53, OUTSIDE.internet, resolve));
  }
  return {
    port,
    productPort: portOf(product),
    registryPort: portOf(registry),
    abstractName,
    postgresSocket: join(folder, "s", ".s.PGSQL.5432"),
    redisSocket: redis.path,
    stop: async () => {
      if (hasNetwork) names.close();
      for (const server of plain) server.close();
      await Promise.all([postgres.stop(), redis.stop()]);
    },
  };
}

/** As generous in decoding as any server that somebody runs. */
function registryOf(canary: string): Server {
  return createHttpServer((request, response) => {
    request.resume();
    const path = decodeURIComponent(decodeURIComponent(request.url ?? ""));
    const inside = posix.normalize(path.replaceAll("\\", "/")).startsWith(`${REGISTRY_FOLDER}/`);
    response.end(inside ? "a package\n" : `${request.method} taken: ${canary}\n`);
  });
}

async function listening<Listener extends Server>(
  server: Listener,
  where: object,
): Promise<Listener> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, resolve);
  });
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address === "object" && address !== null) return address.port;
  throw new Error("the server listens on no port");
}
