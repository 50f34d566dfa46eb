import type { Octokit } from "@octokit/rest";
import { GitHubError } from "./github-error.ts";

/**
 * Sends one GraphQL operation. GitHub reports its errors under status 200.
 *
 * @throws {GitHubError} retryable for limits and for errors of GitHub's own
 */
export async function graphql(
  octokit: Octokit,
  operation: string,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await octokit.graphql(operation, variables);
  } catch (error) {
    throw failureOf(error);
  }
}

type Reported = { readonly type?: string; readonly message?: string };

function failureOf(error: unknown): unknown {
  if (!(error instanceof Error) || !("errors" in error) || !Array.isArray(error.errors)) {
    return error;
  }
  // octokit's GraphqlResponseError holds GitHub's own list of this documented shape.
  const reported = error.errors as readonly Reported[];
  const words = reported.map(({ message }) => message ?? "no message").join("; ");
  // GitHub types what it refuses; its own failures carry no type.
  const isWeather = reported.some(({ type }) => type === undefined || type === "RATE_LIMITED");
  return new GitHubError(`POST /graphql was answered with errors: ${words}`, {
    retryable: isWeather,
    status: 200,
  });
}
