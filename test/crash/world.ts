import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import pg from "pg";
import { createBroker } from "../../src/adapters/broker/broker.ts";
import { createGit } from "../../src/adapters/git/git.ts";
import { createGitHub } from "../../src/adapters/github/create-github.ts";
import { createStore } from "../../src/adapters/postgres/store.ts";
import { createTerminal } from "../../src/adapters/tmux/tmux.ts";
import type { RepositoryRef } from "../../src/domain/epic.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { shortId } from "../../src/lib/ids.ts";
import { Secret } from "../../src/lib/secret.ts";
import { controlClient } from "../../src/local/github/control-client.ts";
import { startLocalGitHub } from "../../src/local/github/start.ts";
import type { Broker, Terminal } from "../../src/ports/host.ts";
import type { Store } from "../../src/ports/store.ts";
import { startBrokerProgram } from "../broker/broker-program.ts";
import type { Shop } from "../effects/shop.ts";
import { rules } from "../support/store.ts";
import type { CaseSpec } from "./case-spec.ts";

/** One story's own local GitHub with one repository, its own database and its own host folders. */
export type World = {
  readonly shop: Shop;
  readonly store: Store;
  readonly terminal: Terminal;
  readonly broker: Broker;
  readonly folder: string;
  readonly query: (
    text: string,
    values?: readonly unknown[],
  ) => Promise<readonly Record<string, unknown>[]>;
  readonly spec: Pick<CaseSpec, "databaseUrl" | "gitHub" | "host">;
  readonly close: () => Promise<void>;
};

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const when = "2026-11-22T12:00:00Z";

/** @param serverUrl an empty PostgreSQL, where every world makes a database */
export async function openWorld(serverUrl: string, parent: string): Promise<World> {
  const folder = join(parent, shortId(6));
  mkdirSync(folder, { mode: 0o711 });
  const closers: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const databaseUrl = await createDatabase(serverUrl);
  const store = await createStore({ databaseUrl, rules, onChange: async () => {} });
  closers.push(() => store.close());
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  closers.push(() => pool.end());
  const gitHub = await openGitHub(folder);
  closers.push(() => gitHub.close());
  const host = await openHost(folder);
  closers.push(() => host.close());
  const { shop, app } = await openShop(folder, gitHub, store);
  return {
    shop,
    store,
    folder,
    terminal: host.terminal,
    broker: host.broker,
    query: async (text, values = []) =>
      (await pool.query<Record<string, unknown>>(text, [...values])).rows,
    spec: {
      databaseUrl,
      gitHub: { url: gitHub.url, appId: app.id, privateKey: app.privateKey },
      host: host.spec,
    },
    close: async () => {
      for (const close of closers.reverse()) await close();
    },
  };
}

async function createDatabase(serverUrl: string): Promise<string> {
  const name = `crash_${shortId()}`;
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = name;
  return url.href;
}

async function openGitHub(folder: string) {
  return await startLocalGitHub({ dataDir: join(folder, "github") });
}

async function openHost(folder: string) {
  const dataDir = join(folder, "host");
  const runtimeDir = join(folder, "r");
  for (const dir of [dataDir, runtimeDir]) mkdirSync(dir, { mode: 0o700 });
  const server = await startBrokerProgram(join(runtimeDir, "b"), "http://127.0.0.1:9");
  const terminal = createTerminal({ socketPath: join(runtimeDir, "tmux.sock") });
  return {
    terminal,
    broker: createBroker({ controlSocket: server.controlSocket }),
    spec: { dataDir, runtimeDir, brokerSocket: server.controlSocket },
    close: async () => {
      for (const { name } of await terminal.list()) await terminal.kill(name);
      await terminal.shutdown();
      await server.stop();
    },
  };
}

async function openShop(
  folder: string,
  server: { readonly url: string; readonly controlToken: string },
  store: Store,
) {
  const control = controlClient(server.url, server.controlToken);
  const from = makeSource(join(folder, "source"));
  const names = { owner: "acme", name: "shop" };
  const { id: githubId } = await control.createRepository({ ...names, from });
  const { token } = await control.createUser("dana");
  await control.setRole("acme/shop", "dana", "write");
  const app = await control.registerApp({
    name: "Factory",
    owner: "acme",
    permissions: { contents: "write", issues: "write", pull_requests: "write", checks: "write" },
    events: [],
  });
  const { id: installationId } = await control.installApp(app.slug, "acme");
  const repository: RepositoryRef = await store.repositories.remember({
    githubId,
    installationId,
    ...names,
  });
  const github = createGitHub({
    appId: app.id,
    privateKey: new Secret(app.privateKey),
    baseUrl: `${server.url}/api/v3`,
    gitBaseUrl: server.url,
    clock: systemClock,
    writeIntervalMs: 0,
    log: quiet,
  });
  const git = createGit({ dataDir: join(folder, "host"), remoteOf: github.gitRemote });
  const coordinates = { owner: "acme", repo: "shop" };
  const dana = new Octokit({ baseUrl: `${server.url}/api/v3`, auth: token, log: quiet });
  await dana.rest.issues.create({ ...coordinates, title: "A shop", body: "Sell things." });
  const base = await git.remoteTip(repository, "main");
  if (base === null) throw new Error("the new repository has no branch `main`");
  const shop: Shop = { github, git, control, repository, coordinates, dana, base };
  return { shop, app };
}

function makeSource(folder: string): string {
  mkdirSync(folder);
  writeFileSync(join(folder, "shop.js"), "export const open = true;\n");
  for (const args of [
    ["init", "-q", "-b", "main"],
    ["add", "-A"],
    ["commit", "-q", "-m", "Open the shop"],
  ])
    execFileSync(
      "git",
      ["-c", "user.name=Dana", "-c", "user.email=dana@example.invalid", ...args],
      {
        cwd: folder,
        env: {
          PATH: process.env["PATH"],
          HOME: folder,
          GIT_CONFIG_NOSYSTEM: "1",
          GIT_CONFIG_GLOBAL: "/dev/null",
          GIT_AUTHOR_DATE: when,
          GIT_COMMITTER_DATE: when,
        },
      },
    );
  return folder;
}
