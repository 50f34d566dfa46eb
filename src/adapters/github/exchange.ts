import type { Octokit } from "@octokit/rest";
import type { Clock } from "../../lib/clock.ts";
import { failureOf, type RequestName, unreadable } from "./failure.ts";

// octokit does not export what its request hook is given; this names it without importing more.
declare const anyOctokit: Octokit;
export type Around = Parameters<typeof anyOctokit.hook.wrap<"request">>[1];
export type Send = Parameters<Around>[0];
export type RequestOptions = Parameters<Around>[1];
export type Answer = Awaited<ReturnType<Around>>;

/** The least of a pino logger that the adapter needs. */
export type GitHubLog = {
  readonly debug: (facts: object, event: string) => void;
  readonly warn: (facts: object, event: string) => void;
};

export type ExchangeOptions = {
  readonly clock: Clock;
  readonly log: GitHubLog;
  /** For one request and its whole answer. */
  readonly requestTimeoutMs: number;
};

/**
 * One request and its answer. Redirects come back as answers, not as failures.
 *
 * @throws {GitHubError} for every answer of 400 and above, none, or one that cannot be read
 */
export async function exchange(
  send: Send,
  request: RequestOptions,
  { clock, log, requestTimeoutMs }: ExchangeOptions,
): Promise<Answer> {
  const startedAtMs = clock.nowMs();
  const name = nameOf(request);
  const note = (status: unknown): void => {
    const durationMs = clock.nowMs() - startedAtMs;
    log.debug({ method: name.method, route: request.url, status, durationMs }, "github.request");
  };
  try {
    const signal = AbortSignal.timeout(requestTimeoutMs);
    const answer = await send(bounded(request, signal));
    note(answer.status);
    if (isUnreadable(answer)) throw unreadable(name, answer.status, signal.aborted);
    return answer;
  } catch (error) {
    const failure = failureOf(error, name, clock.nowMs());
    if (failure !== error) note("status" in failure ? failure.status : null);
    throw failure;
  }
}

/** The same request with this authorization. */
export function withAuthorization(request: RequestOptions, authorization: string): RequestOptions {
  return { ...request, headers: { ...request.headers, authorization } };
}

function bounded(request: RequestOptions, signal: AbortSignal): RequestOptions {
  // Redirects are ours to judge: fetch would turn a redirected POST into a GET.
  return { ...request, request: { ...request.request, signal, redirect: "manual" } };
}

/** octokit hands over what it could not parse as text, also when the connection broke in between. */
function isUnreadable({ status, data }: Answer): boolean {
  if (status === 204 || status === 205 || status >= 300) return false;
  return typeof data !== "object" || data === null;
}

function nameOf(request: RequestOptions): RequestName {
  const route = request.url.replace(/\{(\w+)\}/g, (whole, key: string) =>
    key in request ? String(request[key]) : whole,
  );
  return { method: request.method, route };
}
