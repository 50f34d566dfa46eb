// Registers Apps and installs them, with the webhooks that tell of it.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { ensureUser } from "./accounts.ts";
import {
  coveredRepositories,
  tellInstallation,
  tellRepositories,
} from "./events/installation-events.ts";
import { unprocessable } from "./server/github-error.ts";
import type {
  AppRow,
  InstallationRow,
  Permissions,
  RepositoryRow,
  UserRow,
} from "./store/accounts.ts";
import type { World } from "./world.ts";

/** What an App is to be. `webhookSecret` null makes one. */
export type NewApp = {
  readonly name: string;
  readonly owner: UserRow;
  readonly externalUrl: string;
  readonly description: string | null;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly webhookUrl: string | null;
  readonly webhookSecret: string | null;
};

/** Registers an App with a new key. @throws GitHubError 422 when its name is taken */
export function registerApp(world: World, wanted: NewApp): AppRow {
  const slug = wanted.name
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, "-")
    .replace(/^-|-$/gu, "");
  if (slug === "") throw unprocessable("An App needs a name with letters or digits");
  if (world.tables.apps.first({ slug }) !== null) {
    throw unprocessable(`Name ${wanted.name} is already taken`);
  }
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  return world.transaction(() => {
    const bot = ensureUser(world, { login: `${slug}[bot]`, type: "Bot" });
    return world.tables.apps.insert({
      slug,
      name: wanted.name,
      description: wanted.description,
      externalUrl: wanted.externalUrl,
      ownerId: wanted.owner.id,
      botId: bot.id,
      clientId: `Iv23li${randomBytes(7).toString("hex")}`,
      clientSecret: randomBytes(20).toString("hex"),
      privateKey,
      publicKey,
      webhookSecret: wanted.webhookSecret ?? randomBytes(20).toString("hex"),
      webhookUrl: wanted.webhookUrl,
      permissions: { metadata: "read", ...wanted.permissions },
      events: [...wanted.events],
      createdAt: world.now(),
    });
  });
}

/** Installs an App on an account, for all repositories (null) or some. The same again changes the selection. */
export function installApp(
  world: World,
  app: AppRow,
  account: UserRow,
  repositories: readonly RepositoryRow[] | null,
): InstallationRow {
  const repositoryIds = repositories === null ? null : repositories.map((row) => row.id);
  const there = world.tables.installations.first({ appId: app.id, accountId: account.id });
  return world.transaction(() => {
    if (there !== null) return reselect(world, there, repositoryIds);
    const installation = world.tables.installations.insert({
      appId: app.id,
      accountId: account.id,
      repositoryIds,
      permissions: app.permissions,
      events: app.events,
      suspendedAt: null,
      createdAt: world.now(),
    });
    tellInstallation(world, installation, "created");
    return installation;
  });
}

function reselect(
  world: World,
  before: InstallationRow,
  repositoryIds: number[] | null,
): InstallationRow {
  const had = coveredRepositories(world, before);
  const after = world.tables.installations.update(before.id, { repositoryIds });
  const has = coveredRepositories(world, after);
  const added = has.filter((row) => !had.some((other) => other.id === row.id));
  const removed = had.filter((row) => !has.some((other) => other.id === row.id));
  if (added.length > 0) tellRepositories(world, after, { added, removed: [] });
  if (removed.length > 0) tellRepositories(world, after, { added: [], removed });
  return after;
}
