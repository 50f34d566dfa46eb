import type { GitHub } from "../../ports/git-hub.ts";
import type { Connection } from "./connection.ts";
import { unlessStatus } from "./github-error.ts";
import { coordinates } from "./repository.ts";

type BranchMethods = Pick<GitHub, "deleteBranch" | "gitRemote">;

/** @param gitBaseUrl where git speaks HTTP, without a slash at the end: `https://github.com` */
export function branchMethods(connection: Connection, gitBaseUrl: string): BranchMethods {
  return {
    deleteBranch: async (repository, branch) => {
      const { git } = connection.repository(repository, "code").rest;
      const where = { ...coordinates(repository), ref: `heads/${branch}` };
      await unlessStatus(
        // GitHub answers a missing branch with the same 422 as a branch that a rule protects.
        [404, 422],
        () => git.deleteRef(where),
        async (error) => {
          const remaining = await unlessStatus(
            [404],
            () => git.getRef(where),
            () => null,
          );
          if (remaining !== null) throw error;
        },
      );
    },
    gitRemote: async (repository, { fresh } = { fresh: false }) => ({
      url: `${gitBaseUrl}/${repository.owner}/${repository.name}.git`,
      token: fresh
        ? await connection.freshToken(repository, "code")
        : await connection.token(repository, "code"),
    }),
  };
}
