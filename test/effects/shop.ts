// The performers' world: the real adapters against a local GitHub, one repository per test. Whatever
// the local GitHub answered is held against GitHub's descriptions at the end.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { createGit } from "../../src/adapters/git/git.ts";
import { createGitHub } from "../../src/adapters/github/create-github.ts";
import type { RepositoryRef } from "../../src/domain/epic.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { Secret } from "../../src/lib/secret.ts";
import { type ControlClient, controlClient } from "../../src/local/github/control-client.ts";
import { startLocalGitHub } from "../../src/local/github/start.ts";
import type { Git } from "../../src/ports/git.ts";
import type { GitHub } from "../../src/ports/git-hub.ts";
import { validateRecording } from "../support/github-schema.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A repository with one commit on `main` and the epic's issue, number 1. */
export type Shop = {
  readonly github: GitHub;
  readonly git: Git;
  readonly control: ControlClient;
  readonly repository: RepositoryRef;
  /** Where `owner` and `repo` are asked for. */
  readonly coordinates: { readonly owner: string; readonly repo: string };
  /** A person who may write. */
  readonly dana: Octokit;
  /** The commit on `main`. */
  readonly base: string;
};

export type ShoppingStreet = {
  openShop(): Promise<Shop>;
  /** @returns what the local GitHub said that GitHub would not say */
  close(): Promise<readonly string[]>;
};

export const shoppingAt = "2026-11-22T12:00:00Z";

// Looking at everything a local GitHub holds takes longer with every repository.
const SHOPS_PER_SERVER = 8;

/** Shops on as many local GitHubs as it takes, one after the other. */
export async function openStreet(): Promise<ShoppingStreet> {
  const faults: string[] = [];
  let block = await openBlock();
  let shops = 0;
  const closeBlock = async (): Promise<void> => void faults.push(...(await block.close()));
  return {
    openShop: async () => {
      if (shops > 0 && shops % SHOPS_PER_SERVER === 0) {
        await closeBlock();
        block = await openBlock();
      }
      shops += 1;
      return block.openShop(`shop-${shops}`);
    },
    close: async () => {
      await closeBlock();
      return faults;
    },
  };
}

type Block = {
  openShop(name: string): Promise<Shop>;
  close(): Promise<readonly string[]>;
};

async function openBlock(): Promise<Block> {
  const folder = temporaryFolder();
  const record = join(folder, "recording.jsonl");
  writeFileSync(record, "");
  const server = await startLocalGitHub({ dataDir: join(folder, "github"), record });
  const control = controlClient(server.url, server.controlToken);
  const from = makeSource(join(folder, "source"));
  const { token } = await control.createUser("dana");
  const { github, installationId } = await installApp(control, server.url);
  const git = createGit({
    dataDir: join(folder, "host"),
    remoteOf: (repository) => github.gitRemote(repository),
  });
  return {
    openShop: async (name) => {
      const { id: githubId } = await control.createRepository({ owner: "acme", name, from });
      await control.setRole(`acme/${name}`, "dana", "write");
      const repository = { id: githubId, githubId, installationId, owner: "acme", name };
      const coordinates = { owner: "acme", repo: name };
      const dana = new Octokit({ baseUrl: `${server.url}/api/v3`, auth: token, log: silence });
      await dana.rest.issues.create({ ...coordinates, title: "A shop", body: "Sell things." });
      const base = await git.remoteTip(repository, "main");
      if (base === null) throw new Error("The new repository has no branch `main`.");
      return { github, git, control, repository, coordinates, dana, base };
    },
    close: async () => {
      await server.close();
      return validateRecording(record).errors;
    },
  };
}

const silence = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function installApp(
  control: ControlClient,
  url: string,
): Promise<{ readonly github: GitHub; readonly installationId: number }> {
  const app = await control.registerApp({
    name: "Factory",
    owner: "acme",
    permissions: { contents: "write", issues: "write", pull_requests: "write", checks: "write" },
    events: [],
  });
  const { id: installationId } = await control.installApp(app.slug, "acme");
  const github = createGitHub({
    appId: app.id,
    privateKey: new Secret(app.privateKey),
    baseUrl: `${url}/api/v3`,
    gitBaseUrl: url,
    clock: systemClock,
    writeIntervalMs: 0,
    log: silence,
  });
  return { github, installationId };
}

/** Puts a commit without changes on a branch, as the product would. */
export async function commitOn(
  { git, repository }: Shop,
  commit: { readonly branch: string; readonly parent: string; readonly message: string },
): Promise<string> {
  const { branch, parent, message } = commit;
  const sha = await makeCommit({ git, repository }, { parent, message });
  const expected = await git.remoteTip(repository, branch);
  await git.push(repository, { sha, ref: `refs/heads/${branch}`, expected });
  return sha;
}

/** A commit that only this host knows. */
export async function makeCommit(
  { git, repository }: Pick<Shop, "git" | "repository">,
  { parent, message }: { readonly parent: string; readonly message: string },
): Promise<string> {
  await git.fetch(repository);
  const tree = await git.treeOf(repository, parent);
  return git.commitTree(repository, { tree, parents: [parent], message, at: shoppingAt });
}

/** Dates are fixed, so that every shop starts from the same commit. */
function makeSource(folder: string): string {
  mkdirSync(folder);
  writeFileSync(join(folder, "shop.js"), "export const open = true;\n");
  const run = (...args: readonly string[]): void => {
    execFileSync("git", args, {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_NAME: "Dana",
        GIT_AUTHOR_EMAIL: "dana@example.invalid",
        GIT_AUTHOR_DATE: shoppingAt,
        GIT_COMMITTER_NAME: "Dana",
        GIT_COMMITTER_EMAIL: "dana@example.invalid",
        GIT_COMMITTER_DATE: shoppingAt,
      },
    });
  };
  run("init", "-q", "-b", "main");
  run("add", "-A");
  run("commit", "-q", "-m", "Open the shop");
  return folder;
}
