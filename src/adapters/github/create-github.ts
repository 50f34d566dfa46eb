import type { Clock } from "../../lib/clock.ts";
import type { Secret } from "../../lib/secret.ts";
import type { GitHub } from "../../ports/git-hub.ts";
import { branchMethods } from "./branches.ts";
import { commentMethods } from "./comments.ts";
import { createConnection } from "./connection.ts";
import type { GitHubLog } from "./exchange.ts";
import { issueLinkMethods } from "./issue-links.ts";
import { issueMethods } from "./issues.ts";
import { labelMethods } from "./labels.ts";
import { pullRequestMethods } from "./pull-requests.ts";
import { repositoryMethods } from "./repository.ts";
import { reviewMethods } from "./reviews.ts";

export type GitHubOptions = {
  readonly appId: number | string;
  /** The App's private key in PEM. */
  readonly privateKey: Secret;
  /** `https://api.github.com`, or `https://host/api/v3` for GitHub Enterprise. */
  readonly baseUrl: string;
  /** `https://github.com`: repositories are at `<gitBaseUrl>/<owner>/<name>.git`. */
  readonly gitBaseUrl: string;
  readonly clock: Clock;
  readonly log: GitHubLog;
  /** Between two writes of one installation. Default 1_000, as GitHub asks. */
  readonly writeIntervalMs?: number;
  /** Requests that only read, at once per installation. Default 10. */
  readonly concurrentReads?: number;
  /** One request and its answer. Default 30_000. */
  readonly requestTimeoutMs?: number;
  /** The longest a call waits for its turn before it is sent away. Default 60_000. */
  readonly longestWaitMs?: number;
};

/**
 * GitHub as the App. Requests of one installation share a gate: writes one at a time and paced,
 * reads side by side, and nobody at all while GitHub asks to wait. Tokens are minted per repository
 * and permission set and never leave memory, except through `gitRemote`.
 *
 * @returns methods that throw {GitHubError}, a PortError of port `github`: `retryable` with
 *   `retryAtMs` for limits, `retryable` for 5xx, time-outs and broken answers, else a verdict
 */
export function createGitHub(options: GitHubOptions): GitHub {
  const connection = createConnection({
    writeIntervalMs: 1_000,
    concurrentReads: 10,
    requestTimeoutMs: 30_000,
    longestWaitMs: 60_000,
    ...options,
    baseUrl: options.baseUrl.replace(/\/+$/, ""),
  });
  return {
    ...repositoryMethods(connection),
    ...issueMethods(connection),
    ...issueLinkMethods(connection),
    ...labelMethods(connection),
    ...commentMethods(connection),
    ...pullRequestMethods(connection),
    ...reviewMethods(connection),
    ...branchMethods(connection, options.gitBaseUrl.replace(/\/+$/, "")),
  };
}
