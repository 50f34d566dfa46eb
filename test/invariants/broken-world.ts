// A copy of the finished epic's world for one test, to break something in.

import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Octokit } from "@octokit/rest";
import pg from "pg";
import { inject, onTestFinished } from "vitest";
import type { RepositoryRef } from "../../src/domain/epic.ts";
import { shortId } from "../../src/lib/ids.ts";
import { controlClient } from "../../src/local/github/control-client.ts";
import { type LocalGitHub, startLocalGitHub } from "../../src/local/github/start.ts";
import type { GitHub } from "../../src/ports/git-hub.ts";
import type { World } from "../support/invariants/world.ts";
import { checkInvariants } from "../support/invariants.ts";
import { createDatabase } from "../support/servers.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { playFinishedEpic } from "./finished-epic.ts";
import { hostName } from "./little-factory.ts";
import { asApp, personOf } from "./shop.ts";

export type BrokenWorld = {
  readonly world: World;
  /** A value that must be nowhere; every process of the machine is searched, so each world has its own. */
  readonly canary: string;
  readonly folder: string;
  /** Of the only host, like those of every host. */
  readonly dataDir: string;
  readonly runtimeDir: string;
  /** The bare repository of acme/shop. */
  readonly bare: string;
  readonly repository: RepositoryRef;
  /** Changes the product's tables. @returns the rows the statement returns */
  readonly sql: (statement: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  /** The product's App on the local GitHub, and people there. */
  readonly app: GitHub;
  readonly dana: Octokit;
  readonly rita: Octokit;
};

type Row = Readonly<Record<string, unknown>>;

/** Plays the story before the first test of a file, unless another file of this run has. */
export async function beforeBreaking(): Promise<void> {
  await createDatabase(template);
}

/** Playing takes cells, commits and a merge; on a busy machine that is a while. */
export const beforeBreakingLimitMs = 240_000;

export async function openBrokenWorld(change: Partial<World> = {}): Promise<BrokenWorld> {
  const databaseUrl = await createDatabase(template);
  const folder = temporaryFolder();
  cpSync(originalFolder(), folder, { recursive: true });
  const gitHub = await startLocalGitHub({ dataDir: join(folder, "github") });
  onTestFinished(() => gitHub.close());
  const sql = sqlOn(databaseUrl);
  const repository = await repositoryIn(sql);
  const bare = join(folder, "github", "repositories", `${repository.githubId}.git`);
  const host = { dataDir: join(folder, "host"), runtimeDir: join(folder, "run") };
  const { url, controlToken } = gitHub;
  const canary = `canary-${shortId(20)}`;
  const world = {
    databaseUrl,
    gitHub: { url, controlToken, bareRepositories: { "acme/shop": bare } },
    hosts: [{ ...host, hostName }],
    settings: { canaries: [canary] },
    ended: true,
    stopped: true,
    ...change,
  };
  return { world, canary, folder, ...host, bare, repository, sql, ...(await voicesOn(gitHub)) };
}

async function repositoryIn(sql: BrokenWorld["sql"]): Promise<RepositoryRef> {
  const [row] = await sql("select * from repositories");
  // Ids come as text from a plain client.
  const githubId = Number(row?.["github_id"]);
  const installationId = Number(row?.["installation_id"]);
  return { id: 1, githubId, installationId, owner: "acme", name: "shop" };
}

/** Made long ago, by the story; asking for them again finds them. */
async function voicesOn({ url, controlToken }: LocalGitHub) {
  const control = controlClient(url, controlToken);
  const [app, dana, rita] = await Promise.all([
    control.app("factory"),
    control.createUser("dana"),
    control.createUser("rita"),
  ]);
  return {
    app: asApp(url, app),
    dana: personOf(url, dana.token),
    rita: personOf(url, rita.token),
  };
}

const template = { name: "finished_epic", fill };

// One story per run of vitest: whichever file asks first plays it, the others copy.
function originalFolder(): string {
  return join(inject("runFolder"), "finished-epic");
}

async function fill(databaseUrl: string): Promise<void> {
  // A play that was broken off is played again from the beginning.
  rmSync(originalFolder(), { recursive: true, force: true });
  mkdirSync(originalFolder(), { mode: 0o711 });
  await playFinishedEpic(databaseUrl, originalFolder());
}

/** What is wrong in a world, each thing once: its invariant and what it says. */
export async function wrongIn(world: World): Promise<readonly string[]> {
  const found = await checkInvariants(world);
  return [...new Set(found.map(({ invariant, what }) => `${invariant}: ${what}`))];
}

function sqlOn(connectionString: string): BrokenWorld["sql"] {
  return async (statement, values = []) => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    try {
      const { rows } = await client.query<Row>(statement, [...values]);
      return rows;
    } finally {
      await client.end();
    }
  };
}
