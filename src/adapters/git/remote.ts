// Everything that speaks to a repository's remote. The token travels in the environment of one
// process: never in its arguments, never in a file.

import type { RepositoryRef } from "../../domain/epic.ts";
import { PortError } from "../../lib/port-error.ts";
import { createRedactor } from "../../lib/redact.ts";
import type { GitCommand } from "./git-command.ts";
import type { GitContext, Remote } from "./git-context.ts";
import { isUnauthorized, remoteFailure } from "./git-failure.ts";
import { withLocks } from "./locked.ts";
import { ensureMirror } from "./mirror.ts";
import { refNameOf } from "./ref-name.ts";
import type { GitOutcome } from "./run-git.ts";

/**
 * Runs a command against the remote, with a second, fresh token when the first is not accepted.
 *
 * @param command makes the command for the remote's address
 * @returns the outcome, its texts without the token; a failure other than 401 is the caller's to judge
 * @throws {PortError} `git`, retryable, when the fresh token is not accepted either: GitHub may
 *   need a moment to know a new one
 */
export async function runRemote(
  context: GitContext,
  repository: RepositoryRef,
  command: (url: string) => GitCommand,
): Promise<GitOutcome> {
  const first = await attempt(context, repository, await context.remoteOf(repository), command);
  if (!isUnauthorized(first)) return first;
  const remote = await context.remoteOf(repository, { fresh: true });
  const second = await attempt(context, repository, remote, command);
  if (!isUnauthorized(second)) return second;
  throw new PortError(
    "git",
    `the remote of ${repository.owner}/${repository.name} accepts no token, not even a fresh one: check that the app is still installed there`,
    { retryable: true },
  );
}

async function attempt(
  context: GitContext,
  repository: RepositoryRef,
  remote: Remote,
  command: (url: string) => GitCommand,
): Promise<GitOutcome> {
  const mirror = context.mirrorOf(repository);
  const origin = originOf(remote.url, mirror.name);
  const credentials = Buffer.from(`x-access-token:${remote.token}`).toString("base64");
  const made = command(remote.url);
  const outcome = await context.run(mirror.gitDir, {
    timeoutMs: context.limits.remoteTimeoutMs,
    ...made,
    env: {
      ...made.env,
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: `http.${origin}/.extraHeader`,
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${credentials}`,
    },
  });
  const redact = createRedactor([remote.token, credentials]);
  return { ...outcome, stderr: redact(outcome.stderr) };
}

/** The part of the address that the token belongs to. */
function originOf(url: string, name: string): string {
  const parsed = URL.parse(url);
  const isUsable =
    parsed !== null &&
    (parsed.protocol === "https:" || parsed.protocol === "http:") &&
    parsed.username === "" &&
    parsed.password === "";
  if (isUsable) return parsed.origin;
  throw new PortError("git", `the remote of ${name} must be an http(s) address without a login`, {
    retryable: false,
  });
}

/** Fetches all branches, and forgets those that are gone. Implements `Git.fetch`. */
export async function fetchBranches(context: GitContext, repository: RepositoryRef): Promise<void> {
  const mirror = context.mirrorOf(repository);
  await ensureMirror(context.run, mirror);
  const outcome = await withLocks(mirror, context.limits, () =>
    runRemote(context, repository, (url) => ({
      args: [
        "fetch",
        "--quiet",
        "--prune",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-auto-maintenance",
        "--no-recurse-submodules",
        "--end-of-options",
        url,
        "+refs/heads/*:refs/remotes/origin/*",
      ],
    })),
  );
  if (outcome.exitCode !== 0) throw remoteFailure(`fetch of ${mirror.name}`, outcome);
}

/**
 * The remote's own answer for one full ref.
 *
 * @returns the object's name; null when the ref does not exist
 */
export async function remoteRef(
  context: GitContext,
  repository: RepositoryRef,
  ref: string,
): Promise<string | null> {
  const name = refNameOf(ref);
  await ensureMirror(context.run, context.mirrorOf(repository));
  const outcome = await runRemote(context, repository, (url) => ({
    args: ["ls-remote", "--quiet", "--refs", "--end-of-options", url, name],
  }));
  if (outcome.exitCode !== 0) {
    throw remoteFailure(`asking for ${ref} of ${repository.owner}/${repository.name}`, outcome);
  }
  // The pattern matches the ends of names: another ref may end like this one.
  const line = outcome.stdout
    .toString()
    .split("\n")
    .find((entry) => entry.endsWith(`\t${name}`));
  return line === undefined ? null : line.slice(0, line.indexOf("\t"));
}
