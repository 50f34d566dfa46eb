import type { RepositoryRef } from "../../domain/epic.ts";
import { PortError } from "../../lib/port-error.ts";
import type { GitContext } from "./git-context.ts";
import { remoteFailure, sentencesOf } from "./git-failure.ts";
import { objectNameOf, refNameOf } from "./ref-name.ts";
import { remoteRef, runRemote } from "./remote.ts";
import type { GitOutcome } from "./run-git.ts";

type Push = {
  readonly sha: string;
  readonly ref: string;
  readonly expected: string | null;
};

/** Pushes one commit to one ref, with a lease on its old value. Implements `Git.push`. */
export async function pushRef(
  context: GitContext,
  repository: RepositoryRef,
  push: Push,
): Promise<"pushed" | "moved"> {
  const sha = objectNameOf(push.sha);
  const ref = refNameOf(push.ref);
  const expected = push.expected === null ? "" : objectNameOf(push.expected);
  const outcome = await runRemote(context, repository, (url) => ({
    args: [
      "push",
      "--porcelain",
      "--no-verify",
      "--no-signed",
      "--no-follow-tags",
      `--force-with-lease=${ref}:${expected}`,
      "--end-of-options",
      url,
      `${sha}:${ref}`,
    ],
  }));
  if (outcome.exitCode === 0) return "pushed";
  return judge(context, repository, push, outcome);
}

/**
 * A failed push may have arrived, and a refusal may only mean that somebody was faster: what the
 * ref holds now decides, not what the failure says.
 */
async function judge(
  context: GitContext,
  repository: RepositoryRef,
  push: Push,
  outcome: GitOutcome,
): Promise<"pushed" | "moved"> {
  const failure = pushFailure(repository, push, outcome);
  let tip: string | null;
  try {
    tip = await remoteRef(context, repository, push.ref);
  } catch (cause) {
    if (!(cause instanceof PortError)) throw cause;
    // The push's own words tell more than those of the question about it.
    throw new PortError("git", failure.message, { retryable: failure.retryable, cause });
  }
  if (tip === push.sha) return "pushed";
  if (tip !== push.expected) return "moved";
  throw failure;
}

// Reasons a server gives for losing a race inside itself; any other refusal is a rule.
const serverWeather =
  /failed to update ref|cannot lock ref|failed to lock|already exists|unpacker error|remote failed to report|internal server error|stale info|try again|timed? ?out/i;

function pushFailure(repository: RepositoryRef, push: Push, outcome: GitOutcome): PortError {
  const what = `push of ${push.sha} to ${push.ref} of ${repository.owner}/${repository.name}`;
  const refusal = refusalOf(outcome);
  if (refusal === null) return remoteFailure(what, outcome);
  return new PortError("git", `${what} was refused, ${refusal}: ${sentencesOf(outcome)}`, {
    retryable: serverWeather.test(refusal),
  });
}

/** The summary of git's one line about a ref it could not update: `!\t<from>:<to>\t<summary>`. */
function refusalOf(outcome: GitOutcome): string | null {
  const line = outcome.stdout
    .toString()
    .split("\n")
    .find((entry) => entry.startsWith("!\t"));
  return line?.split("\t")[2]?.slice(0, 300) ?? null;
}
