import type { RepositoryRef } from "../../domain/epic.ts";
import type { Answer, RequestOptions } from "./exchange.ts";
import { GitHubError } from "./github-error.ts";

const REPOSITORY_PREFIX = "/repos/{owner}/{repo}";

/**
 * Sends a request, and once more by the repository's id when GitHub says that its name changed.
 * A redirect to any other place (an issue that was transferred) is not followed.
 *
 * @throws {GitHubError} with the redirect's status, not retryable, when it leads elsewhere
 */
export async function followed(
  request: RequestOptions,
  { githubId, owner, name }: RepositoryRef,
  send: (request: RequestOptions) => Promise<Answer>,
): Promise<Answer> {
  const answer = await send(request);
  if (answer.status < 300) return answer;
  const isSameRepository = new RegExp(`/repositories/${githubId}(?:[/?]|$)`);
  const location = String(answer.headers.location);
  if (!isSameRepository.test(location) || !request.url.startsWith(REPOSITORY_PREFIX)) {
    throw new GitHubError(
      `${request.method} ${request.url} in ${owner}/${name}: GitHub moved this elsewhere`,
      { retryable: false, status: answer.status },
    );
  }
  return send(byId(request, githubId));
}

function byId(request: RequestOptions, githubId: number): RequestOptions {
  const { owner: _owner, repo: _repo, ...rest } = request;
  const url = request.url.replace(REPOSITORY_PREFIX, `/repositories/${githubId}`);
  return { ...rest, url };
}
