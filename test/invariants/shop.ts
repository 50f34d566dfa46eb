// The shop on a local GitHub: its repository, its people, and the App that is the product.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { createGitHub } from "../../src/adapters/github/create-github.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { Secret } from "../../src/lib/secret.ts";
import { controlClient, type LocalApp } from "../../src/local/github/control-client.ts";
import type { LocalGitHub } from "../../src/local/github/start.ts";
import type { GitHub } from "../../src/ports/git-hub.ts";

export const shop = { owner: "acme", repo: "shop" } as const;

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export async function furnishShop(gitHub: LocalGitHub, folder: string, webhookUrl: string) {
  const control = controlClient(gitHub.url, gitHub.controlToken);
  const from = makeSource(join(folder, "source"));
  await control.createRepository({ owner: shop.owner, name: shop.repo, from });
  const dana = await control.createUser("dana");
  const rita = await control.createUser("rita");
  await control.setRole("acme/shop", "dana", "write");
  await control.setRole("acme/shop", "rita", "read");
  const app = await control.registerApp({
    name: "Factory",
    owner: shop.owner,
    permissions: { contents: "write", issues: "write", pull_requests: "write", checks: "write" },
    events: ["issues", "issue_comment", "pull_request"],
    webhookUrl,
  });
  await control.installApp(app.slug, shop.owner);
  return { app, dana, rita };
}

/** Its tests pass as long as nothing is broken on purpose. */
function makeSource(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "scripts": { "test": "test ! -e broken" } }\n');
  const run = (...args: readonly string[]) =>
    execFileSync("git", args, {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_NAME: "Dana",
        GIT_AUTHOR_EMAIL: "dana@example.invalid",
        GIT_COMMITTER_NAME: "Dana",
        GIT_COMMITTER_EMAIL: "dana@example.invalid",
      },
    });
  run("init", "-q", "-b", "main");
  run("add", "-A");
  run("commit", "-q", "-m", "Open the shop");
  return folder;
}

/** The product's own client of a local GitHub. */
export function asApp(url: string, app: Pick<LocalApp, "id" | "privateKey">): GitHub {
  return createGitHub({
    appId: app.id,
    privateKey: new Secret(app.privateKey),
    baseUrl: `${url}/api/v3`,
    gitBaseUrl: url,
    clock: systemClock,
    writeIntervalMs: 0,
    log: quiet,
  });
}

export function personOf(url: string, token: string): Octokit {
  return new Octokit({ baseUrl: `${url}/api/v3`, auth: token, log: quiet });
}
