import { GitHubError } from "./github-error.ts";

/** The request that failed, as messages name it. */
export type RequestName = { readonly method: string; readonly route: string };

type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly data: unknown;
};

/**
 * Turns what octokit threw into our own words. The octokit error itself is never the cause: it
 * carries the request's body and headers.
 *
 * @param nowMs milliseconds since 1970, to turn `retry-after` into an instant
 */
export function failureOf(error: unknown, request: RequestName, nowMs: number): Error {
  if (error instanceof GitHubError) return error;
  if (!(error instanceof Error)) return new Error("Octokit threw something that is no error.");
  const answer = answerOf(error);
  if (answer) return refusalOf(answer, request, nowMs);
  if (error.name !== "HttpError" && error.name !== "AbortError") return error;
  return noAnswer(error, request);
}

/** An answer that was cut off, or is not JSON: what was asked for may or may not have happened. */
export function unreadable(request: RequestName, status: number, timedOut: boolean): GitHubError {
  const what = timedOut ? "but the answer did not end in time" : "with something that is not JSON";
  const message = `${nameOf(request)} was answered ${status} ${what}`;
  return new GitHubError(message, { retryable: true });
}

function noAnswer(error: Error, request: RequestName): GitHubError {
  const { cause } = error;
  const timedOut = cause instanceof Error && cause.name === "TimeoutError";
  const why = timedOut ? "no answer in time" : error.message;
  return new GitHubError(`${nameOf(request)} got no answer: ${why}`, { retryable: true, cause });
}

function refusalOf(answer: Answer, request: RequestName, nowMs: number): GitHubError {
  const { status } = answer;
  return new GitHubError(`${nameOf(request)} was answered ${status}: ${words(answer)}`, {
    retryable: status >= 500 || status === 408 || isLimit(answer),
    status,
    retryAtMs: limitEndsAt(answer, nowMs),
  });
}

/** A primary or secondary rate limit; any other 403 is a verdict. */
function isLimit(answer: Answer): boolean {
  if (answer.status === 429) return true;
  if (answer.status !== 403) return false;
  if (limitEndsAt(answer, 0) !== null) return true;
  return /rate limit|abuse/i.test(messageIn(answer.data) ?? "");
}

/** When GitHub wants to be called again; null when it did not say. */
function limitEndsAt({ status, headers }: Answer, nowMs: number): number | null {
  if (![403, 429, 503].includes(status)) return null;
  const waitSeconds = Number(headers["retry-after"] ?? Number.NaN);
  if (Number.isFinite(waitSeconds)) return nowMs + waitSeconds * 1000;
  const resetSeconds = Number(headers["x-ratelimit-reset"] ?? Number.NaN);
  const isSpent = String(headers["x-ratelimit-remaining"]) === "0";
  if (!isSpent || !Number.isFinite(resetSeconds)) return null;
  return Math.max(resetSeconds * 1000, nowMs + 1000);
}

function words({ data, headers }: Answer): string {
  const message = messageIn(data);
  if (message === null) return `no JSON but ${String(headers["content-type"] ?? "nothing")}`;
  const details = errorsIn(data).map(detailOf);
  return details.length === 0 ? message : `${message}: ${details.join(", ")}`;
}

function detailOf(error: unknown): string {
  if (typeof error === "string") return error;
  const message = messageIn(error);
  if (message !== null) return message;
  return ["resource", "field", "code"]
    .map((key) => fieldOf(error, key))
    .filter((value) => typeof value === "string")
    .join(" ");
}

function messageIn(data: unknown): string | null {
  const message = fieldOf(data, "message");
  return typeof message === "string" ? message : null;
}

function errorsIn(data: unknown): readonly unknown[] {
  const errors = fieldOf(data, "errors");
  return Array.isArray(errors) ? errors : [];
}

function answerOf(error: Error): Answer | null {
  const response = fieldOf(error, "response");
  const status = fieldOf(response, "status");
  const headers = fieldOf(response, "headers");
  if (typeof status !== "number" || typeof headers !== "object" || headers === null) return null;
  return { status, headers: { ...headers }, data: fieldOf(response, "data") };
}

function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}

function nameOf({ method, route }: RequestName): string {
  return `${method} ${route}`;
}
