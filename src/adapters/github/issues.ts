import type { Octokit } from "@octokit/rest";
import type { RepositoryRef } from "../../domain/epic.ts";
import type { GitHub, Intent, IssueSnapshot } from "../../ports/git-hub.ts";
import type { Connection } from "./connection.ts";
import { findOurs, searchSince } from "./earlier-attempt.ts";
import { unlessStatus } from "./github-error.ts";
import { coordinates, PAGE_SIZE } from "./repository.ts";

// The account GitHub shows in place of a deleted one.
const GHOST = { id: 10_137, login: "ghost" };

type IssueMethods = Pick<
  GitHub,
  "issue" | "createIssue" | "updateIssue" | "reopenIssue" | "closeIssue"
>;

/** Issues as the product reads, makes and closes them. */
export function issueMethods(connection: Connection): IssueMethods {
  const octokit = (repository: RepositoryRef) => connection.repository(repository, "talk");
  return {
    issue: (repository, number) =>
      unlessStatus(
        [301, 404, 410],
        async () => {
          const where = { ...coordinates(repository), issue_number: number };
          const { data } = await octokit(repository).rest.issues.get(where);
          return snapshotOf(data);
        },
        () => null,
      ),
    createIssue: async (repository, issue, intent) => {
      const earlier = await earlierIssue(connection, repository, intent);
      if (earlier) return earlier;
      const { data } = await octokit(repository).rest.issues.create({
        ...coordinates(repository),
        title: issue.title,
        body: issue.body,
        labels: [...issue.labels],
      });
      return { id: data.id, number: data.number };
    },
    updateIssue: async (repository, number, { title, body }) => {
      const where = { ...coordinates(repository), issue_number: number };
      await octokit(repository).rest.issues.update({ ...where, title, body });
    },
    reopenIssue: async (repository, number) => {
      const where = { ...coordinates(repository), issue_number: number };
      await octokit(repository).rest.issues.update({ ...where, state: "open" });
    },
    closeIssue: async (repository, number, reason) => {
      await octokit(repository).rest.issues.update({
        ...coordinates(repository),
        issue_number: number,
        state: "closed",
        state_reason: reason,
      });
    },
  };
}

async function earlierIssue(
  connection: Connection,
  repository: RepositoryRef,
  intent: Intent,
): Promise<{ readonly id: number; readonly number: number } | null> {
  const since = searchSince(intent);
  if (since === null) return null;
  const octokit = connection.repository(repository, "talk");
  const pages = octokit.paginate.iterator(octokit.rest.issues.listForRepo, {
    ...coordinates(repository),
    state: "all",
    since,
    per_page: PAGE_SIZE,
  });
  const earlier = await findOurs(connection, intent, pages);
  return earlier && { id: earlier.id, number: earlier.number };
}

type Raw = Awaited<ReturnType<Octokit["rest"]["issues"]["get"]>>["data"];

function snapshotOf(raw: Raw): IssueSnapshot {
  return {
    id: raw.id,
    number: raw.number,
    title: raw.title,
    body: raw.body ?? "",
    state: raw.state === "closed" ? "closed" : "open",
    labels: raw.labels.map((label) => (typeof label === "string" ? label : (label.name ?? ""))),
    author: raw.user ? { id: raw.user.id, login: raw.user.login } : GHOST,
    isPullRequest: raw.pull_request !== undefined,
  };
}
