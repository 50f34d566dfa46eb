import type { RepositoryRef } from "../../domain/epic.ts";
import type { GitHub, Intent } from "../../ports/git-hub.ts";
import type { Connection } from "./connection.ts";
import { findOurs, searchSince } from "./earlier-attempt.ts";
import { unlessStatus } from "./github-error.ts";
import { coordinates, PAGE_SIZE } from "./repository.ts";

type CommentMethods = Pick<GitHub, "createComment" | "updateComment" | "pinComment" | "react">;

/** Comments and reactions of issues and pull requests, found again by marker and author. */
export function commentMethods(connection: Connection): CommentMethods {
  const octokit = (repository: RepositoryRef) => connection.repository(repository, "talk");
  return {
    createComment: async (repository, number, body, intent) => {
      const earlier = await earlierComment(connection, { repository, number }, intent);
      if (earlier) return earlier;
      const where = { ...coordinates(repository), issue_number: number };
      const { data } = await octokit(repository).rest.issues.createComment({ ...where, body });
      return { id: data.id };
    },
    updateComment: (repository, commentId, body) =>
      unlessStatus(
        [404],
        async () => {
          const where = { ...coordinates(repository), comment_id: commentId };
          await octokit(repository).rest.issues.updateComment({ ...where, body });
          return true;
        },
        () => false,
      ),
    pinComment: (repository, commentId) =>
      unlessStatus(
        // Servers that do not know pinning answer 404; a full set of pins is a 422.
        [404, 405, 410, 422],
        async () => {
          await octokit(repository).request(
            "PUT /repos/{owner}/{repo}/issues/comments/{comment_id}/pin",
            { ...coordinates(repository), comment_id: commentId },
          );
        },
        () => {},
      ),
    react: (repository, commentId, reaction) =>
      unlessStatus(
        // The comment was deleted meanwhile: nobody is left to see the reaction.
        [404],
        async () => {
          await octokit(repository).rest.reactions.createForIssueComment({
            ...coordinates(repository),
            comment_id: commentId,
            content: reaction,
          });
        },
        () => {},
      ),
  };
}

async function earlierComment(
  connection: Connection,
  thread: { readonly repository: RepositoryRef; readonly number: number },
  intent: Intent,
): Promise<{ readonly id: number } | null> {
  const since = searchSince(intent);
  if (since === null) return null;
  const octokit = connection.repository(thread.repository, "talk");
  const pages = octokit.paginate.iterator(octokit.rest.issues.listComments, {
    ...coordinates(thread.repository),
    issue_number: thread.number,
    since,
    per_page: PAGE_SIZE,
  });
  const earlier = await findOurs(connection, intent, pages);
  return earlier && { id: earlier.id };
}
