import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { Deliverer } from "./events/deliver.ts";
import { writeHooks } from "./git/bare-repository.ts";
import { announceForgotten } from "./git-moves.ts";
import { LocalClock } from "./local-clock.ts";
import { restRoutes } from "./routes/index.ts";
import { Counters } from "./server/counters.ts";
import { Faults } from "./server/faults.ts";
import { EASY_LIMITS, Limits, REAL_LIMITS } from "./server/limits.ts";
import { createRecorder } from "./server/recorder.ts";
import type { Gate } from "./server/rest.ts";
import { createRouter } from "./server/router.ts";
import { webApp } from "./server/web.ts";
import { type Database, openDatabase } from "./store/database.ts";
import type { World } from "./world.ts";

/** How the local GitHub is to run. Only `dataDir` must be said. */
export type LocalGitHubOptions = {
  /** Folder of everything it keeps; made when missing. One server per folder. */
  readonly dataDir: string;
  /** 0 (the default) takes a free port. */
  readonly port?: number;
  /** `easy` (the default) has no limit on creating content, `real` has GitHub's. */
  readonly limits?: "easy" | "real";
  /** A file that gets every answer and webhook as a line of JSON. */
  readonly record?: string | null;
  /** How long an App may take to answer a webhook; GitHub gives 10 s. */
  readonly webhookTimeoutMs?: number;
  /** How many webhooks of one App are under way at once. */
  readonly webhookConcurrency?: number;
};

/** A running local GitHub. */
export type LocalGitHub = {
  /** `http://127.0.0.1:<port>`; the API is here and at `/api/v3`. */
  readonly url: string;
  readonly port: number;
  /** Bearer token of everything under `/_control`; kept in `<dataDir>/control-token` too. */
  readonly controlToken: string;
  readonly dataDir: string;
  /** Stops listening and waits for what is under way. What waits in the log is sent after the next start. */
  readonly close: () => Promise<void>;
};

const WEBHOOK_TIMEOUT_MS = 10_000;
const WEBHOOK_CONCURRENCY = 4;
const REORDER_HOLD_MS = 300;
const CLOSE_GRACE_MS = 2000;

/**
 * Starts the local GitHub on 127.0.0.1, with whatever an earlier run left in the data folder.
 *
 * @throws Error `EADDRINUSE` when the port is taken
 */
export async function startLocalGitHub(options: LocalGitHubOptions): Promise<LocalGitHub> {
  const { dataDir } = options;
  mkdirSync(join(dataDir, "repositories"), { recursive: true, mode: 0o700 });
  const { server, port, serve } = await listen(options.port ?? 0);
  const origin = `http://127.0.0.1:${port}`;
  const database = openDatabase(dataDir);
  const clock = new LocalClock(database);
  const controlToken = database.keep("control-token", () => crypto.randomUUID());
  writeFileSync(join(dataDir, "control-token"), `${controlToken}\n`, { mode: 0o600 });
  const gate = openGate(options, clock.now);
  const { world, deliverer, tasks } = openWorld(options, database, { origin, clock, gate });
  await announceForgotten(world);
  const hooksDir = writeHooks(dataDir);
  const advanceClock = (byMs: number) => clock.advance(byMs);
  serve(webApp(world, { gate, hooksDir, controlToken, advanceClock }).fetch);
  deliverer.wake();
  const close = async () => {
    await stopListening(server);
    await deliverer.close();
    await Promise.all(tasks);
    database.close();
  };
  return { url: origin, port, controlToken, dataDir, close };
}

type Fetch = Parameters<typeof getRequestListener>[0];

// The port must be known before addresses can be made, so whoever comes early waits for `serve`.
async function listen(
  wanted: number,
): Promise<{ server: Server; port: number; serve: (fetch: Fetch) => void }> {
  const { promise: ready, resolve: serve } = Promise.withResolvers<Fetch>();
  const server = createServer((request, response) => {
    void ready.then((fetch) => getRequestListener(fetch)(request, response));
  });
  server.listen(wanted, "127.0.0.1");
  await once(server, "listening");
  // A server listening on TCP has an AddressInfo; a string is for pipes.
  const { port } = server.address() as AddressInfo;
  return { server, port, serve };
}

function openGate(options: LocalGitHubOptions, now: () => number): Gate {
  return {
    limits: new Limits(options.limits === "real" ? REAL_LIMITS : EASY_LIMITS, now),
    faults: new Faults(),
    record: createRecorder(options.record ?? process.env.LOCAL_GITHUB_RECORD ?? null),
    counters: new Counters(),
    match: createRouter(restRoutes),
  };
}

function openWorld(
  options: LocalGitHubOptions,
  database: Database,
  parts: { readonly origin: string; readonly clock: LocalClock; readonly gate: Gate },
) {
  const { origin, clock, gate } = parts;
  const tasks = new Set<Promise<unknown>>();
  const world: World = {
    ...database,
    dataDir: options.dataDir,
    origin,
    now: clock.now,
    wakeDeliveries: () => deliverer.wake(),
    background: (work) => trackWork(tasks, work),
    withRepository: createLocks(),
  };
  const deliverer: Deliverer = new Deliverer(() => world, {
    timeoutMs: options.webhookTimeoutMs ?? WEBHOOK_TIMEOUT_MS,
    concurrency: options.webhookConcurrency ?? WEBHOOK_CONCURRENCY,
    reorderHoldMs: REORDER_HOLD_MS,
    fault: (delivery) => gate.faults.takeForDelivery(delivery),
    sent: ({ event, action, payload }) =>
      gate.record({ kind: "webhook", event, action, payload: JSON.parse(payload) }),
  });
  return { world, deliverer, tasks };
}

// Requests under way may finish; connections that only wait are cut, and after a while all are.
async function stopListening(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(cut);
}

function trackWork(tasks: Set<Promise<unknown>>, work: Promise<unknown>): void {
  const tracked = work
    .catch((error: unknown) => console.error("local GitHub: work after an answer failed:", error))
    .finally(() => tasks.delete(tracked));
  tasks.add(tracked);
}

// One piece of work at a time per repository, in order of asking.
function createLocks(): World["withRepository"] {
  const tails = new Map<number, Promise<unknown>>();
  return (repositoryId, work) => {
    const before = tails.get(repositoryId) ?? Promise.resolve();
    const result = before.then(work, work);
    tails.set(
      repositoryId,
      result.catch(() => null),
    );
    return result;
  };
}
