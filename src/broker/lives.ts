import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import path from "node:path";
import type { BrokerLimits } from "./broker-limits.ts";
import { type Grant, parseGrant } from "./grant.ts";
import type { BrokerLog } from "./log-refusals.ts";
import { closeServer, listenOn } from "./sockets.ts";

/** The lives that have a socket. One folder each: `broker.sock` and, for the cell, `token`. */
export type Lives = {
  /** Makes or keeps the folder, puts the token there, if any, listens. */
  open(name: string, token: string | null, grant: Grant): Promise<void>;
  /** Stops listening, cuts what runs, removes the folder. Missing is success. */
  close(name: string): Promise<void>;
  /** Those of lives: a socket that closes by itself belongs to none. */
  names(): readonly string[];
  /** Listens for every folder that is there, after a restart; a broken one is told to the log. */
  openAll(): Promise<void>;
  /** Stops listening; the folders stay. */
  stop(): Promise<void>;
};

export type LivesOptions = {
  readonly handlerOf: (life: string, grant: () => Grant) => RequestListener;
  readonly limits: BrokerLimits;
  readonly log: BrokerLog;
};

const LIFE_NAME = /^[a-z0-9][a-z0-9.-]{0,79}$/;
const FOLDER = "lives";
const GRANT_FILE = "grant.json";
const NOTHING: Grant = { product: false, registries: false, untilMs: null };

export function isLifeName(name: string): boolean {
  return LIFE_NAME.test(name);
}

/** Paths are relative to the broker's folder, its working directory. */
export function createLives({ handlerOf, limits, log }: LivesOptions): Lives {
  // Promises, so that two requests for one life cannot both start to listen.
  const servers = new Map<string, Promise<Server>>();
  const grants = new Map<string, Grant>();
  const timers = new Map<string, NodeJS.Timeout>();

  // One life's broken folder is no reason to cut the others off.
  const told = (life: string) => (error: unknown) =>
    log("life.broken", { life, why: error instanceof Error ? error.message : String(error) });

  const listen = (name: string): Promise<Server> => {
    const known = servers.get(name);
    if (known !== undefined) return known;
    const handler = handlerOf(name, () => grants.get(name) ?? NOTHING);
    const starting = startServer(name, handler, limits);
    servers.set(name, starting);
    starting.catch(() => servers.delete(name));
    return starting;
  };

  const close = async (name: string): Promise<void> => {
    const server = await servers.get(name);
    servers.delete(name);
    grants.delete(name);
    clearTimeout(timers.get(name));
    timers.delete(name);
    if (server !== undefined) await closeServer(server, 0);
    await rm(path.join(FOLDER, name), { recursive: true, force: true });
  };

  /** What it may use, from now on; whoever opened it and died leaves nothing open for ever. */
  const allow = (name: string, grant: Grant): void => {
    grants.set(name, grant);
    clearTimeout(timers.get(name));
    if (grant.untilMs === null) return;
    const leftMs = Math.max(0, grant.untilMs - Date.now());
    timers.set(name, setTimeout(() => close(name).catch(told(name)), leftMs).unref());
  };

  return {
    open: async (name, token, grant) => {
      const folder = path.join(FOLDER, name);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeWhole(folder, GRANT_FILE, JSON.stringify(grant));
      if (token !== null) await writeWhole(folder, "token", token);
      allow(name, grant);
      await listen(name);
    },
    close,
    names: () => [...servers.keys()].filter((name) => grants.get(name)?.untilMs === null).sort(),
    openAll: async () => {
      const names = (await readdir(FOLDER)).filter(isLifeName);
      for (const name of names) {
        allow(name, await readGrant(name));
        await listen(name).catch(told(name));
      }
    },
    stop: async () => {
      for (const timer of timers.values()) clearTimeout(timer);
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
  const folder = path.join(FOLDER, name);
  const socket = path.join(folder, "broker.sock");
  await listenOn(server, socket);
  try {
    await giveToOwner(folder, socket);
  } catch (error) {
    await closeServer(server, 0);
    throw error;
  }
  return server;
}

/** A folder belongs to the user of its life's cell from its start on; so does what comes later. */
async function giveToOwner(folder: string, file: string): Promise<void> {
  const { uid, gid } = await stat(folder);
  await chown(file, uid, gid);
}

/** Renamed into place, so that a reader never sees half of it. */
async function writeWhole(folder: string, name: string, text: string): Promise<void> {
  const draft = path.join(folder, `.${name}`);
  await writeFile(draft, text, { mode: 0o600 });
  await giveToOwner(folder, draft);
  await rename(draft, path.join(folder, name));
}

/** A folder without one is a life's: its token decides what the product answers. */
async function readGrant(name: string): Promise<Grant> {
  const text = await readFile(path.join(FOLDER, name, GRANT_FILE), "utf8").catch(() => "");
  return parseGrant(text) ?? { product: true, registries: false, untilMs: null };
}
