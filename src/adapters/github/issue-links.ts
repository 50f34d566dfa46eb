import type { RepositoryRef } from "../../domain/epic.ts";
import type { GitHub } from "../../ports/git-hub.ts";
import type { Connection } from "./connection.ts";
import { findIn } from "./earlier-attempt.ts";
import { unlessStatus } from "./github-error.ts";
import { coordinates, PAGE_SIZE } from "./repository.ts";

type IssueLinkMethods = Pick<GitHub, "addSubIssue" | "addBlockedBy">;

/** GitHub refuses a second link of the same pair: then the list decides, not the message's words. */
export function issueLinkMethods(connection: Connection): IssueLinkMethods {
  const octokit = (repository: RepositoryRef) => connection.repository(repository, "talk");
  return {
    addSubIssue: async (repository, parentNumber, childId) => {
      const where = { ...coordinates(repository), issue_number: parentNumber };
      const { issues } = octokit(repository).rest;
      await unlessStatus(
        [422],
        () => issues.addSubIssue({ ...where, sub_issue_id: childId }),
        async (error) => {
          const pages = octokit(repository).paginate.iterator(issues.listSubIssues, {
            ...where,
            per_page: PAGE_SIZE,
          });
          const linked = await findIn(pages, ({ id }) => id === childId);
          if (linked.length === 0) throw error;
        },
      );
    },
    addBlockedBy: async (repository, issueNumber, blockerId) => {
      const where = { ...coordinates(repository), issue_number: issueNumber };
      const { issues } = octokit(repository).rest;
      await unlessStatus(
        [422],
        () => issues.addBlockedByDependency({ ...where, issue_id: blockerId }),
        async (error) => {
          const pages = octokit(repository).paginate.iterator(issues.listDependenciesBlockedBy, {
            ...where,
            per_page: PAGE_SIZE,
          });
          const blocking = await findIn(pages, ({ id }) => id === blockerId);
          if (blocking.length === 0) throw error;
        },
      );
    },
  };
}
