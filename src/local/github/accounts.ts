// Makes users, repositories, Apps and installations. Used by the control interface and the manifest flow.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { emitInstallation } from "./events/emit.ts";
import { branchToImport, createBare, importRefs } from "./git/bare-repository.ts";
import { rememberRefs } from "./git-moves.ts";
import { unprocessable } from "./server/github-error.ts";
import type {
  AppRow,
  InstallationRow,
  Permissions,
  RepositoryRow,
  RoleName,
  UserRow,
} from "./store/accounts.ts";
import { renderInstallation } from "./views/installation.ts";
import { fullNameOf } from "./views/repository.ts";
import { renderUser } from "./views/user.ts";
import { gitDirOf, nodeId, type World } from "./world.ts";

/** The account with this login, made when there is none; people get a personal token. */
export function ensureUser(
  world: World,
  wanted: { readonly login: string; readonly type: UserRow["type"]; readonly name?: string | null },
): UserRow {
  const key = wanted.login.toLowerCase();
  const there = world.tables.users.first({ key });
  if (there !== null) return there;
  if (!/^[a-z0-9](?:[a-z0-9-]{0,37}[a-z0-9])?(?:\[bot\])?$/u.test(key)) {
    throw unprocessable(
      `login "${wanted.login}" must be 1 to 39 letters, digits and inner hyphens`,
    );
  }
  return world.transaction(() =>
    world.tables.users.insert({
      login: wanted.login,
      key,
      name: wanted.name ?? null,
      type: wanted.type,
      token: wanted.type === "User" ? `ghp_${randomBytes(18).toString("hex")}` : null,
      createdAt: world.now(),
    }),
  );
}

/** What a repository is to be made of; `from` is the path of a local git repository. */
export type NewRepository = {
  readonly owner: UserRow;
  readonly name: string;
  readonly from: string;
  readonly private: boolean;
  readonly description: string | null;
};

/**
 * The repository with this name, made from a local one when there is none.
 *
 * @throws GitHubError 422 when the local repository is missing or has no commits
 */
export async function ensureRepository(
  world: World,
  wanted: NewRepository,
): Promise<RepositoryRow> {
  const { owner, name, from } = wanted;
  const key = `${owner.login}/${name}`.toLowerCase();
  const there = world.tables.repositories.first({ key });
  if (there !== null) return there;
  if (!/^[\w.-]{1,100}$/u.test(name))
    throw unprocessable(`repository name "${name}" is not possible`);
  const defaultBranch = await branchToImport(from);
  if (defaultBranch === null)
    throw unprocessable(`${from} is no git repository with commits on a branch`);
  const at = world.now();
  // The row comes last: a crash before it leaves an unused folder, never a repository without commits.
  const id = Number(world.keep(`reserved-id-of-${key}`, () => String(reserveId(world))));
  const gitDir = gitDirOf(world, id);
  await createBare(gitDir, defaultBranch);
  await importRefs(gitDir, from);
  return finishRepository(world, { ...wanted, id, key, defaultBranch, at });
}

async function finishRepository(
  world: World,
  made: NewRepository & { id: number; key: string; defaultBranch: string; at: number },
): Promise<RepositoryRow> {
  const { id, key, defaultBranch, at, name } = made;
  if (world.tables.seenRefs.count({ repositoryId: id }) === 0) await rememberRefs(world, id);
  return world.transaction(() => {
    world.tables.repositories.update(id, {
      ownerId: made.owner.id,
      name,
      key,
      private: made.private,
      description: made.description,
      defaultBranch,
      pushedAt: at,
    });
    const row = world.tables.repositories.must(id);
    tellInstallations(world, row);
    return row;
  });
}

// A row without a name holds the id, so that the folder can have it before the repository is there.
function reserveId(world: World): number {
  const at = world.now();
  return world.tables.repositories.insert({
    ownerId: 0,
    name: "",
    key: "",
    private: true,
    description: null,
    defaultBranch: "",
    nextNumber: 1,
    createdAt: at,
    updatedAt: at,
    pushedAt: at,
  }).id;
}

function tellInstallations(world: World, repository: RepositoryRow): void {
  for (const row of world.tables.installations.find({ accountId: repository.ownerId })) {
    if (row.repositoryIds !== null) continue;
    tellRepositories(world, row, { added: [repository], removed: [] });
  }
}

/** `installation_repositories`: which repositories an installation gained and lost. */
export function tellRepositories(
  world: World,
  installation: InstallationRow,
  change: { readonly added: readonly RepositoryRow[]; readonly removed: readonly RepositoryRow[] },
): void {
  const account = world.tables.users.must(installation.accountId);
  emitInstallation(world, installation, {
    name: "installation_repositories",
    action: change.added.length > 0 ? "added" : "removed",
    payload: {
      action: change.added.length > 0 ? "added" : "removed",
      installation: renderInstallation(world, installation),
      repository_selection: installation.repositoryIds === null ? "all" : "selected",
      repositories_added: change.added.map((row) => renderShort(world, row)),
      repositories_removed: change.removed.map((row) => renderShort(world, row)),
      requester: null,
      sender: renderUser(world, account),
    },
  });
}

/** Gives a person a role in a repository, replacing the old one. */
export function setRole(
  world: World,
  repository: RepositoryRow,
  userId: number,
  role: RoleName,
): void {
  world.transaction(() => {
    const repositoryId = repository.id;
    const there = world.tables.roles.first({ repositoryId, userId });
    if (there === null) world.tables.roles.insert({ repositoryId, userId, role });
    else world.tables.roles.update(there.id, { role });
  });
}

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

/** `installation`: created, deleted, suspend, unsuspend, new_permissions_accepted. */
export function tellInstallation(
  world: World,
  installation: InstallationRow,
  action: "created" | "deleted" | "suspend" | "unsuspend" | "new_permissions_accepted",
): void {
  const account = world.tables.users.must(installation.accountId);
  const covered = coveredRepositories(world, installation);
  emitInstallation(world, installation, {
    name: "installation",
    action,
    payload: {
      action,
      installation: renderInstallation(world, installation),
      repositories: covered.map((row) => renderShort(world, row)),
      ...(action === "created" ? { requester: null } : {}),
      sender: renderUser(world, account),
    },
  });
}

/** The repositories an installation may use. */
export function coveredRepositories(
  world: World,
  installation: InstallationRow,
): readonly RepositoryRow[] {
  return world.tables.repositories
    .find({ ownerId: installation.accountId })
    .filter((row) => installation.repositoryIds?.includes(row.id) ?? true);
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

function renderShort(world: World, row: RepositoryRow) {
  return {
    id: row.id,
    node_id: nodeId("R", row.id),
    name: row.name,
    full_name: fullNameOf(world, row),
    private: row.private,
  };
}
