import type { RepositoryRef } from "../../domain/epic.ts";
import type { GitHub, Intent } from "../../ports/git-hub.ts";
import type { Connection } from "./connection.ts";
import { findIn, findOurs } from "./earlier-attempt.ts";
import { coordinates, PAGE_SIZE } from "./repository.ts";

// GitHub's limit on a check run's summary, in characters.
const LONGEST_SUMMARY = 65_535;

type ReviewMethods = Pick<GitHub, "review" | "publishCheck">;

/** Reviews and completed check runs on one exact commit. */
export function reviewMethods(connection: Connection): ReviewMethods {
  return {
    review: async (repository, number, { sha, body }, intent) => {
      if (await reviewedEarlier(connection, { repository, number }, intent)) return;
      await connection.repository(repository, "talk").rest.pulls.createReview({
        ...coordinates(repository),
        pull_number: number,
        commit_id: sha,
        event: "COMMENT",
        body,
      });
    },
    publishCheck: async (repository, check) => {
      if (await publishedEarlier(connection, repository, check)) return;
      await connection.repository(repository, "checks").rest.checks.create({
        ...coordinates(repository),
        name: check.name,
        head_sha: check.sha,
        external_id: check.externalId,
        status: "completed",
        conclusion: check.conclusion,
        output: { title: check.title, summary: check.summary.slice(0, LONGEST_SUMMARY) },
      });
    },
  };
}

async function reviewedEarlier(
  connection: Connection,
  pullRequest: { readonly repository: RepositoryRef; readonly number: number },
  intent: Intent,
): Promise<boolean> {
  if (intent.triedSince === null) return false;
  const octokit = connection.repository(pullRequest.repository, "talk");
  const pages = octokit.paginate.iterator(octokit.rest.pulls.listReviews, {
    ...coordinates(pullRequest.repository),
    pull_number: pullRequest.number,
    per_page: PAGE_SIZE,
  });
  return (await findOurs(connection, intent, pages)) !== null;
}

async function publishedEarlier(
  connection: Connection,
  repository: RepositoryRef,
  check: Parameters<GitHub["publishCheck"]>[1],
): Promise<boolean> {
  const octokit = connection.repository(repository, "checks");
  const pages = octokit.paginate.iterator(octokit.rest.checks.listForRef, {
    ...coordinates(repository),
    ref: check.sha,
    check_name: check.name,
    filter: "all",
    per_page: PAGE_SIZE,
  });
  return (await findIn(pages, ({ external_id }) => external_id === check.externalId)).length > 0;
}
