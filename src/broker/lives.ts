import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import path from "node:path";
import type { BrokerLimits } from "./broker-limits.ts";
import { closeServer, listenOn } from "./sockets.ts";

/** The lives that have a socket. One folder each: `broker.sock` and, for the cell, `token`. */
export type Lives = {
  /** Makes or keeps the folder, puts the token there, listens. */
  open(name: string, token: string): Promise<void>;
  /** Stops listening, cuts what runs, removes the folder. Missing is success. */
  close(name: string): Promise<void>;
  names(): readonly string[];
  /** Listens for every folder that is there: after a restart. */
  openAll(): Promise<void>;
  /** Stops listening; the folders stay. */
  stop(): Promise<void>;
};

export type LivesOptions = {
  readonly handlerOf: (life: string) => RequestListener;
  readonly limits: BrokerLimits;
};

const LIFE_NAME = /^[a-z0-9][a-z0-9.-]{0,79}$/;
const FOLDER = "lives";

export function isLifeName(name: string): boolean {
  return LIFE_NAME.test(name);
}

/** Paths are relative to the broker's folder, its working directory. */
export function createLives({ handlerOf, limits }: LivesOptions): Lives {
  // Promises, so that two requests for one life cannot both start to listen.
  const servers = new Map<string, Promise<Server>>();

  const listen = (name: string): Promise<Server> => {
    const known = servers.get(name);
    if (known !== undefined) return known;
    const starting = startServer(name, handlerOf(name), limits);
    servers.set(name, starting);
    starting.catch(() => servers.delete(name));
    return starting;
  };

  return {
    open: async (name, token) => {
      const folder = path.join(FOLDER, name);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeToken(folder, token);
      await listen(name);
    },
    close: async (name) => {
      const server = await servers.get(name);
      servers.delete(name);
      if (server !== undefined) await closeServer(server, 0);
      await rm(path.join(FOLDER, name), { recursive: true, force: true });
    },
    names: () => [...servers.keys()].sort(),
    openAll: async () => {
      const names = (await readdir(FOLDER)).filter(isLifeName);
      for (const name of names) await listen(name);
    },
    stop: async () => {
      const running = await Promise.all(servers.values());
      await Promise.all(running.map((server) => closeServer(server, limits.drainMs)));
    },
  };
}

async function startServer(
  name: string,
  handler: RequestListener,
  limits: BrokerLimits,
): Promise<Server> {
  const server = createServer({ requestTimeout: 0, headersTimeout: limits.connectMs }, handler);
  server.maxConnections = limits.maxConnections;
  server.setTimeout(limits.idleMs);
  await listenOn(server, path.join(FOLDER, name, "broker.sock"));
  return server;
}

/** Renamed into place, so that a reader never sees half a token. */
async function writeToken(folder: string, token: string): Promise<void> {
  const draft = path.join(folder, ".token");
  await writeFile(draft, token, { mode: 0o600 });
  await rename(draft, path.join(folder, "token"));
}
