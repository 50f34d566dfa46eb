// Makes accounts and repositories, and gives roles.

import { randomBytes } from "node:crypto";
import { tellRepositories } from "./events/installation-events.ts";
import { branchToImport, createBare, importRefs } from "./git/bare-repository.ts";
import { rememberRefs } from "./git-moves.ts";
import { unprocessable } from "./server/github-error.ts";
import type { RepositoryRow, RoleName, UserRow } from "./store/accounts.ts";
import { gitDirOf, type World } from "./world.ts";

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
