// Payload builders of what Apps are told about their own installations.

import type { InstallationRow, RepositoryRow } from "../store/accounts.ts";
import { renderInstallation } from "../views/installation.ts";
import { fullNameOf } from "../views/repository.ts";
import { renderUser } from "../views/user.ts";
import { nodeId, type World } from "../world.ts";
import { emitInstallation } from "./emit.ts";

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

/** The repositories an installation may use. */
export function coveredRepositories(
  world: World,
  installation: InstallationRow,
): readonly RepositoryRow[] {
  return world.tables.repositories
    .find({ ownerId: installation.accountId })
    .filter((row) => installation.repositoryIds?.includes(row.id) ?? true);
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
