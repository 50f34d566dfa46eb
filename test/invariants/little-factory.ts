// The whole product in this process, but for its agents: the real store, adapters, cells, workers
// and webhooks against a local GitHub, moved on by hand. No pane and no broker: nobody lives there.

import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Octokit } from "@octokit/rest";
import pino from "pino";
import { createGit } from "../../src/adapters/git/git.ts";
import { createStore } from "../../src/adapters/postgres/store.ts";
import { createSandbox } from "../../src/adapters/sandbox/sandbox.ts";
import { defaultRestartRules } from "../../src/domain/restarts.ts";
import { defaultGitHubEffectLimits } from "../../src/effects/context.ts";
import type { HostPorts } from "../../src/host/host-ports.ts";
import { landEpic } from "../../src/landing/land-epic.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { controlClient } from "../../src/local/github/control-client.ts";
import { type LocalGitHub, startLocalGitHub } from "../../src/local/github/start.ts";
import type { Git } from "../../src/ports/git.ts";
import type { GitHub } from "../../src/ports/git-hub.ts";
import type { Broker, Terminal } from "../../src/ports/host.ts";
import type { Store } from "../../src/ports/store.ts";
import { webhooks } from "../../src/webhooks/index.ts";
import { performHostLane } from "../../workers/agents.ts";
import { type DeliveriesPorts, drainInbox } from "../../workers/deliveries.ts";
import { performGitHubLane } from "../../workers/effects.ts";
import { sendLivingTexts } from "../../workers/living-texts.ts";
import { roomyEpics, roomyHost } from "../support/host-settings.ts";
import { readDatabase } from "../support/invariants/database-facts.ts";
import { rules } from "../support/store.ts";
import { asApp, furnishShop, personOf } from "./shop.ts";

export const hostName = "here";

export type LittleFactory = {
  readonly store: Store;
  readonly git: Git;
  /** A person who may write, and one who may only read. */
  readonly dana: Octokit;
  readonly rita: Octokit;
  /** Does whatever can be done now. */
  readonly pump: () => Promise<void>;
  /** Does everything there is to do. */
  readonly settle: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function openLittleFactory(
  databaseUrl: string,
  folder: string,
): Promise<LittleFactory> {
  const store = await createStore({ databaseUrl, rules, onChange: async () => {} });
  const inbox = await listenForWebhooks(store);
  const gitHub = await startLocalGitHub({ dataDir: join(folder, "github") });
  const { app, dana, rita } = await furnishShop(gitHub, folder, inbox.url);
  const github = asApp(gitHub.url, app);
  const dataDir = join(folder, "host");
  const git = createGit({ dataDir, remoteOf: (repository) => github.gitRemote(repository) });
  const ports = { databaseUrl, dataDir, store, github, git, gitHub };
  const pump = createPump(ports);
  return {
    store,
    git,
    dana: personOf(gitHub.url, dana.token),
    rita: personOf(gitHub.url, rita.token),
    pump,
    settle: () => settle(ports, pump),
    close: async () => {
      await gitHub.close();
      inbox.server.closeAllConnections();
      inbox.server.close();
      await store.close();
    },
  };
}

async function listenForWebhooks(
  store: Store,
): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const payload = JSON.parse(Buffer.concat(chunks).toString());
    await store.inbox.store({
      guid: String(request.headers["x-github-delivery"]),
      event: String(request.headers["x-github-event"]),
      action: payload.action ?? null,
      payload,
    });
    response.writeHead(202).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server listening on TCP has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}/hooks` };
}

type Ports = {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly store: Store;
  readonly github: GitHub;
  readonly git: Git;
  readonly gitHub: LocalGitHub;
};

const terminal: Terminal = {
  start: async () => {},
  list: async () => [],
  screen: async () => "",
  kill: async () => {},
  attachCommand: () => "",
  shutdown: async () => {},
};
/** Folders that a cell could be given, with nobody behind them. */
function brokerIn(dataDir: string): Broker {
  const open = async (name: string) => {
    const dir = join(dataDir, "broker", name);
    mkdirSync(dir, { recursive: true });
    return { dir };
  };
  return {
    open: ({ name }) => open(name),
    openRegistries: open,
    close: async () => {},
    reachProduct: async () => {},
    list: async () => [],
  };
}

const lanes = {
  holder: "test",
  leaseMs: 60_000,
  maxAttempts: 5,
  maxNotYet: 120,
  notYetMs: 20,
  restarts: defaultRestartRules,
};

function createPump({ store, github, git, dataDir }: Ports): () => Promise<void> {
  const sandbox = createSandbox({ dataDir });
  const log = pino({ level: "silent" });
  const failed = (queued: { readonly effect: { readonly kind: string } }, failure: unknown) => {
    throw new Error(`${queued.effect.kind} failed`, { cause: failure });
  };
  const host: HostPorts = {
    store,
    git,
    sandbox,
    terminal,
    broker: brokerIn(dataDir),
    settings: {
      hostName,
      logDir: join(dataDir, "logs"),
      runnerArgv: ["true"],
      claudeCodeArgv: ["true"],
      maxPackBytes: 10_000_000,
      maxDiffBytes: 100_000,
      maxFileBytes: 100_000,
      ...roomyHost,
      signOff: null,
    },
  };
  const lane = { store, onFailure: failed, settings: lanes };
  const settings = {
    holder: "test",
    leaseMs: 60_000,
    verifyCommand: null,
    verifyTimeoutMs: 60_000,
    verifyOutputBytes: 10_000,
  };
  return async () => {
    await drainInbox({
      inbox: store.inbox,
      receive: (delivery) => receive(delivery, store, github),
      log,
    });
    for (const name of await store.outbox.dueLanes("epic/"))
      await performGitHubLane(name, { ...lane, github, git, limits: defaultGitHubEffectLimits });
    for (const name of await store.outbox.dueLanes("agent/"))
      await performHostLane(name, { ...lane, host });
    for (const id of await store.epics.openIds())
      await landEpic(id, { store, git, sandbox, settings, onLanding: () => {} });
    await sendLivingTexts({ store, github, intervalMs: 0, log });
  };
}

async function receive(
  { event, action, payload, guid }: Parameters<Parameters<typeof drainInbox>[0]["receive"]>[0],
  store: Store,
  github: GitHub,
): ReturnType<DeliveriesPorts["receive"]> {
  const settings = {
    epicLabel: "epic",
    plan: "ask",
    verifyCommand: null,
    profileRules: rules,
    epicLimits: roomyEpics,
    repeatedEpicPercent: 101,
    refusalQuietMs: 60_000,
    mostRefusalsTold: 100,
  } as const;
  for (const webhook of webhooks)
    if (webhook.events.some((name) => name === `${event}.${action}`))
      return await webhook.handle(payload, { store, github, settings, onOutcome: () => {} }, guid);
  return undefined;
}

async function settle({ databaseUrl, gitHub }: Ports, pump: () => Promise<void>): Promise<void> {
  const control = controlClient(gitHub.url, gitHub.controlToken);
  await awaitFact(
    "nothing is left to do",
    async () => {
      await pump();
      const { waiting } = await control.deliveries();
      const { outbox, deliveries, living_texts: texts } = await readDatabase(databaseUrl);
      return {
        webhooks: waiting,
        effects: outbox
          .filter(({ state }) => state === "waiting")
          .map(({ kind, error }) => ({ kind, error })),
        deliveries: deliveries
          .filter(({ state }) => state !== "done")
          .map(({ guid, error }) => ({ guid, error })),
        texts: texts.filter((text) => text.sent_version < text.wanted_version).length,
      };
    },
    (left) => left.webhooks + left.effects.length + left.deliveries.length + left.texts === 0,
    { limitMs: 60_000, everyMs: 20 },
  );
}
