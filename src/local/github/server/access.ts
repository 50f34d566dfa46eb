// What a caller may do in a repository: roles for people, permissions for Apps.

import {
  type Permissions,
  type RepositoryRow,
  type RoleName,
  roleNames,
} from "../store/accounts.ts";
import type { World } from "../world.ts";
import type { Caller } from "./caller.ts";
import { forbidden, notFound } from "./github-error.ts";

/** What a route asks of those who call it, beyond being known. */
export type RepositoryAccess = {
  /** An App needs one of these permissions … */
  readonly permissions: readonly string[];
  /** … at this level. */
  readonly level: "read" | "write";
  /** A person needs at least this role. */
  readonly role: RoleName;
};

/** The repository a path names. @throws GitHubError 404 when it is not there or not for this caller */
export function visibleRepository(world: World, caller: Caller, fullName: string): RepositoryRow {
  const repository = world.tables.repositories.first({ key: fullName.toLowerCase() });
  if (repository === null || !canSee(world, caller, repository)) throw notFound();
  return repository;
}

/** @throws GitHubError 403 when the caller sees the repository but may not do this in it */
export function requireAccess(
  world: World,
  caller: Caller,
  repository: RepositoryRow,
  access: RepositoryAccess,
): void {
  switch (caller.kind) {
    case "installation":
      if (access.permissions.some((name) => grants(caller.permissions, name, access.level))) return;
      throw forbidden("Resource not accessible by integration", acceptedHeader(access));
    case "user": {
      const role = roleOf(world, repository, caller.user.id);
      if (roleNames.indexOf(role) >= roleNames.indexOf(access.role)) return;
      throw forbidden(`Must have ${access.role} access to ${repository.name}.`);
    }
    case "anonymous":
      if (access.level === "read" && access.role === "read") return;
      throw notFound();
    case "app":
      throw forbidden("Resource not accessible by integration");
    default:
      caller satisfies never;
  }
}

/** True when permissions hold `name` at this level; write includes read, everybody has metadata. */
export function grants(permissions: Permissions, name: string, level: "read" | "write"): boolean {
  const held = permissions[name];
  if (name === "metadata" && level === "read") return true;
  return held === "write" || held === "admin" || (held === "read" && level === "read");
}

/** The role a person has here; owners are admins, everybody reads what is public. */
export function roleOf(world: World, repository: RepositoryRow, userId: number): RoleName {
  if (repository.ownerId === userId) return "admin";
  const row = world.tables.roles.first({ repositoryId: repository.id, userId });
  if (row !== null && row.role !== "none") return row.role;
  return repository.private ? "none" : "read";
}

/** True when the role of this person is at least `role`. */
export function hasRole(
  world: World,
  repository: RepositoryRow,
  userId: number,
  role: RoleName,
): boolean {
  return roleNames.indexOf(roleOf(world, repository, userId)) >= roleNames.indexOf(role);
}

function canSee(world: World, caller: Caller, repository: RepositoryRow): boolean {
  switch (caller.kind) {
    case "installation": {
      const { installation, repositoryIds } = caller;
      return (
        installation.accountId === repository.ownerId &&
        (installation.repositoryIds?.includes(repository.id) ?? true) &&
        (repositoryIds?.includes(repository.id) ?? true)
      );
    }
    case "user":
      return roleOf(world, repository, caller.user.id) !== "none";
    case "app":
      return world.tables.installations
        .find({ appId: caller.app.id, accountId: repository.ownerId })
        .some(({ repositoryIds }) => repositoryIds?.includes(repository.id) ?? true);
    case "anonymous":
      return !repository.private;
    default:
      return caller satisfies never;
  }
}

function acceptedHeader(access: RepositoryAccess): Record<string, string> {
  const accepted = access.permissions.map((name) => `${name}=${access.level}`).join("; ");
  return { "x-accepted-github-permissions": accepted };
}
