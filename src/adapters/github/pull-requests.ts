import type { Octokit } from "@octokit/rest";
import type { RepositoryRef } from "../../domain/epic.ts";
import type { GitHub, PullRequestSnapshot } from "../../ports/git-hub.ts";
import type { Connection } from "./connection.ts";
import { type GitHubError, unlessStatus } from "./github-error.ts";
import { graphql } from "./graphql.ts";
import { coordinates } from "./repository.ts";

type PullRequestMethods = Pick<
  GitHub,
  | "pullRequest"
  | "openPullRequest"
  | "updatePullRequest"
  | "markReadyForReview"
  | "closePullRequest"
>;

/** Pull requests by their natural key: head and base. */
export function pullRequestMethods(connection: Connection): PullRequestMethods {
  const pulls = (repository: RepositoryRef) => connection.repository(repository, "talk").rest.pulls;
  return {
    pullRequest: (repository, number) =>
      unlessStatus(
        [301, 404, 410],
        async () => snapshotOf(await read(connection, repository, number)),
        () => null,
      ),
    openPullRequest: (repository, request) => open(connection, repository, request),
    updatePullRequest: async (repository, number, change) => {
      await pulls(repository).update({
        ...coordinates(repository),
        pull_number: number,
        ...change,
      });
    },
    markReadyForReview: async (repository, number) => {
      const { draft, node_id } = await read(connection, repository, number);
      if (!draft) return;
      await graphql(connection.repository(repository, "ready"), MARK_READY, {
        pullRequestId: node_id,
      });
    },
    closePullRequest: async (repository, number) => {
      const { state } = await read(connection, repository, number);
      if (state === "closed") return;
      await pulls(repository).update({
        ...coordinates(repository),
        pull_number: number,
        state: "closed",
      });
    },
  };
}

const MARK_READY = `mutation markPullRequestReadyForReview($pullRequestId: ID!) {
  markPullRequestReadyForReview(input: { pullRequestId: $pullRequestId }) {
    pullRequest { number isDraft }
  }
}`;

type Request = Parameters<GitHub["openPullRequest"]>[1];

/** GitHub refuses a second open pull request of the same head and base, and names neither. */
async function open(
  connection: Connection,
  repository: RepositoryRef,
  request: Request,
): Promise<{ readonly number: number }> {
  const { pulls } = connection.repository(repository, "talk").rest;
  return unlessStatus(
    [422],
    async () => {
      const { data } = await pulls.create({ ...coordinates(repository), ...request });
      return { number: data.number };
    },
    async (error) => {
      const existing = await openOne(connection, repository, request);
      if (existing) return existing;
      if (!request.draft || !isAboutDrafts(error)) throw error;
      return open(connection, repository, { ...request, draft: false });
    },
  );
}

/** Private repositories of some plans have no drafts; no other answer tells it beforehand. */
function isAboutDrafts(error: GitHubError): boolean {
  return /draft pull requests/i.test(error.message);
}

async function openOne(
  connection: Connection,
  repository: RepositoryRef,
  { head, base }: Request,
): Promise<{ readonly number: number } | null> {
  const { data } = await connection.repository(repository, "talk").rest.pulls.list({
    ...coordinates(repository),
    state: "open",
    head: `${repository.owner}:${head}`,
    base,
  });
  // Older servers ignore a head they cannot resolve and list everything.
  const match = data.find(
    (candidate) => candidate.head.ref === head && candidate.base.ref === base,
  );
  return match ? { number: match.number } : null;
}

type Raw = Awaited<ReturnType<Octokit["rest"]["pulls"]["get"]>>["data"];

async function read(
  connection: Connection,
  repository: RepositoryRef,
  number: number,
): Promise<Raw> {
  const where = { ...coordinates(repository), pull_number: number };
  const { data } = await connection.repository(repository, "talk").rest.pulls.get(where);
  return data;
}

function snapshotOf(raw: Raw): PullRequestSnapshot {
  return {
    number: raw.number,
    state: raw.state,
    merged: raw.merged,
    draft: raw.draft ?? false,
    headSha: raw.head.sha,
    headBranch: raw.head.ref,
    baseBranch: raw.base.ref,
    mergeSha: raw.merged ? raw.merge_commit_sha : null,
  };
}
