// One story on a local GitHub of its own: a repository with commits, people, an App that listens.
// At the end everything it answered and sent is held against GitHub's descriptions.

import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { expect } from "vitest";
import { awaitFact } from "../../src/lib/await-fact.ts";
import {
  type ControlClient,
  controlClient,
  type LocalApp,
  type LocalUser,
} from "../../src/local/github/control-client.ts";
import {
  type LocalGitHub,
  type LocalGitHubOptions,
  startLocalGitHub,
} from "../../src/local/github/start.ts";
import { validateRecording } from "./github-schema.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { type Arrived, listenForWebhooks } from "./webhook-listener.ts";

export type GitHubWorld = {
  readonly url: string;
  readonly folder: string;
  readonly recording: string;
  readonly control: ControlClient;
  readonly app: LocalApp;
  readonly installationId: number;
  /** Maintains the repository's code: role `write`. */
  readonly dana: LocalUser;
  /** Only reads: role `read`. */
  readonly rita: LocalUser;
  /** As the App's installation. */
  readonly bot: Octokit;
  /** As the App itself, by JWT. */
  readonly asApp: Octokit;
  readonly as: (user: LocalUser) => Octokit;
  readonly arrived: readonly Arrived[];
  /** What the App's server answers to the next webhooks: a status, or never. */
  hook: { status: number | "silence" };
  /** Waits until every webhook was sent, and returns their names. */
  readonly settled: () => Promise<readonly string[]>;
  readonly cloneAs: (token: string, name: string) => Promise<string>;
  readonly restart: () => Promise<void>;
};

export const SHOP = { owner: "acme", repo: "shop" } as const;

const APP_PERMISSIONS = {
  contents: "write",
  issues: "write",
  pull_requests: "write",
  checks: "write",
  statuses: "write",
} as const;

const APP_EVENTS = [
  "issues",
  "issue_comment",
  "sub_issues",
  "issue_dependencies",
  "label",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "check_run",
  "check_suite",
  "push",
  "create",
  "delete",
  "repository",
  "status",
];

/** Runs a story and then validates everything the local GitHub said. */
export async function onGitHub(
  story: (world: GitHubWorld) => Promise<void>,
  options: Partial<LocalGitHubOptions> = {},
): Promise<void> {
  const folder = temporaryFolder();
  const arrived: Arrived[] = [];
  const hook: GitHubWorld["hook"] = { status: 200 };
  const secret = "webhook-secret-of-the-test";
  const listener = await listenForWebhooks(arrived, hook, secret);
  const recording = join(folder, "recording.jsonl");
  writeFileSync(recording, "");
  // One at a time, so that a story can name the order.
  const started = {
    dataDir: join(folder, "data"),
    record: recording,
    webhookConcurrency: 1,
    ...options,
  };
  let github = await startLocalGitHub(started);
  const source = await makeSource(folder);
  const control = controlClient(github.url, github.controlToken);
  try {
    const people = await furnish(control, source, `${listener.url}/hooks`, secret);
    await story({
      ...people,
      ...clientsOf(github, people),
      url: github.url,
      folder,
      recording,
      control,
      arrived,
      hook,
      settled: () => awaitSettled(control, arrived),
      cloneAs: (token, name) => clone(github, folder, token, name),
      restart: async () => {
        await github.close();
        github = await startLocalGitHub({ ...started, port: github.port });
      },
    });
    if (hook.status !== "silence") await awaitSettled(control, arrived);
  } finally {
    await github.close();
    listener.server.closeAllConnections();
    listener.server.close();
  }
  const { errors, responses, webhooks } = validateRecording(recording);
  expect(errors).toEqual([]);
  expect(responses + webhooks).toBeGreaterThan(0);
}

/** Runs git as somebody who types it; `GIT_…` of the machine's own settings stay out. */
export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("git", args, {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_TERMINAL_PROMPT: "0",
      GIT_AUTHOR_NAME: "Dana",
      GIT_AUTHOR_EMAIL: "dana@example.invalid",
      GIT_COMMITTER_NAME: "Dana",
      GIT_COMMITTER_EMAIL: "dana@example.invalid",
    },
  });
  return stdout.trim();
}

/** Commits a file on a branch of a clone, making the branch where HEAD is, and pushes it. */
export async function pushFile(
  clone: string,
  branch: string,
  file: { readonly path: string; readonly text: string },
): Promise<string> {
  await git(clone, "checkout", "-q", "-B", branch);
  mkdirSync(join(clone, file.path, ".."), { recursive: true });
  writeFileSync(join(clone, file.path), file.text);
  await git(clone, "add", "-A");
  await git(clone, "commit", "-q", "-m", `Change ${file.path}`);
  await git(clone, "push", "-q", "origin", branch);
  return git(clone, "rev-parse", "HEAD");
}

async function furnish(control: ControlClient, source: string, webhookUrl: string, secret: string) {
  await control.createRepository({ owner: "acme", name: "shop", from: source });
  const dana = await control.createUser("dana");
  const rita = await control.createUser("rita");
  await control.setRole("acme/shop", "dana", "write");
  await control.setRole("acme/shop", "rita", "read");
  const app = await control.registerApp({
    name: "Test App",
    owner: "acme",
    permissions: APP_PERMISSIONS,
    events: APP_EVENTS,
    webhookUrl,
    webhookSecret: secret,
  });
  const { id: installationId } = await control.installApp(app.slug, "acme");
  return { dana, rita, app, installationId };
}

function clientsOf(
  github: LocalGitHub,
  people: { readonly app: LocalApp; readonly installationId: number },
) {
  const baseUrl = `${github.url}/api/v3`;
  const { app, installationId } = people;
  const auth = { appId: app.id, privateKey: app.privateKey };
  const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const common = { baseUrl, log: quiet };
  return {
    as: (user: LocalUser) => new Octokit({ ...common, auth: user.token }),
    asApp: new Octokit({ ...common, authStrategy: createAppAuth, auth }),
    bot: new Octokit({
      ...common,
      authStrategy: createAppAuth,
      auth: { ...auth, installationId },
    }),
  };
}

async function makeSource(folder: string): Promise<string> {
  const source = join(folder, "source");
  mkdirSync(source);
  await git(source, "init", "-q", "-b", "main");
  writeFileSync(join(source, "readme.md"), "# Shop\n\none\ntwo\nthree\n");
  await git(source, "add", "-A");
  await git(source, "commit", "-q", "-m", "Begin");
  return source;
}

async function clone(
  github: LocalGitHub,
  folder: string,
  token: string,
  name: string,
): Promise<string> {
  const { host } = new URL(github.url);
  const url = `http://x-access-token:${token}@${host}/acme/shop.git`;
  await git(folder, "clone", "-q", url, name);
  return join(folder, name);
}

async function awaitSettled(
  control: ControlClient,
  arrived: readonly Arrived[],
): Promise<readonly string[]> {
  await awaitFact(
    "no webhook waits",
    () => control.deliveries(),
    ({ waiting }) => waiting === 0,
  );
  return arrived.map(({ name }) => name);
}
