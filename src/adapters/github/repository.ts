import type { RepositoryRef } from "../../domain/epic.ts";
import type { GitHub, Permission } from "../../ports/git-hub.ts";
import type { Connection } from "./connection.ts";
import { unlessStatus } from "./github-error.ts";

/** The most items GitHub puts on one page. */
export const PAGE_SIZE = 100;

/** A repository as octokit's methods want it named. */
export function coordinates({ owner, name }: RepositoryRef): { owner: string; repo: string } {
  return { owner, repo: name };
}

type RepositoryMethods = Pick<GitHub, "permissionOf" | "defaultBranch">;

/** What a repository tells of itself and of who may do what there. */
export function repositoryMethods(connection: Connection): RepositoryMethods {
  return {
    permissionOf: (repository, login) =>
      unlessStatus(
        [404],
        async () => {
          const { data } = await connection
            .repository(repository, "talk")
            .rest.repos.getCollaboratorPermissionLevel({
              ...coordinates(repository),
              username: login,
            });
          return permissionFrom(data.role_name, data.permission);
        },
        () => "none",
      ),
    defaultBranch: async (repository) => {
      const { data } = await connection
        .repository(repository, "talk")
        .rest.repos.get(coordinates(repository));
      return data.default_branch;
    },
  };
}

const roles: readonly Permission[] = ["admin", "maintain", "write", "triage", "read", "none"];

/** A custom role counts as its base, which GitHub gives in the older `permission`. */
function permissionFrom(roleName: string, permission: string): Permission {
  return (
    roles.find((role) => role === roleName) ?? roles.find((role) => role === permission) ?? "none"
  );
}
