import { PortError } from "../../lib/port-error.ts";
import { redactShapes } from "../../lib/redact.ts";
import type { GitOutcome } from "./run-git.ts";

// Git has no error codes: under LC_ALL=C its sentences are the only way to tell weather from a verdict.

const localWeather =
  /\.lock': file exists|but expected [0-9a-f]{40}|unable to write|cannot fork|cannot allocate memory|out of memory|no space left|resource temporarily unavailable|too many open files|input\/output error/i;

const isAbsent = /not a git repository|needed a single revision|not a valid (object|commit) name/i;

const unauthorized =
  /could not read (username|password)|authentication failed|returned error: 401|HTTP 401/i;

const remoteVerdict =
  /returned error: (3\d\d|4(?!08|29)\d\d)|HTTP 4(?!08|29)\d\d|unable to update url base from redirection|repository '[^']*' not found|repository not found|permission to .* denied|fsck error|error in object|not our ref|bad revision|src refspec|bad object|transport '.*' not allowed/i;

const lockHeld = /\.lock': file exists|is at [0-9a-f]+ but expected/i;

/** True when the remote did not accept the token. */
export function isUnauthorized(outcome: GitOutcome): boolean {
  return outcome.exitCode !== 0 && unauthorized.test(outcome.stderr);
}

/** True when another git process stood in the way of a ref or file of the mirror. */
export function isLockHeld(outcome: GitOutcome): boolean {
  return outcome.exitCode !== 0 && lockHeld.test(outcome.stderr);
}

/** The lock files that git named as standing in its way. */
export function heldLocks(outcome: GitOutcome): readonly string[] {
  return [...outcome.stderr.matchAll(/unable to create '([^']+\.lock)': file exists/gi)].flatMap(
    ([, path]) => path ?? [],
  );
}

/**
 * The error for a command that only used the mirror.
 *
 * @param what the thing and the try, as it reads before "failed": `merge of A into B in acme/shop`
 * @returns retryable for locks, memory, disk and process limits
 */
export function localFailure(what: string, outcome: GitOutcome): PortError {
  const why = isAbsent.test(outcome.stderr)
    ? "this host's mirror does not have it: fetch first"
    : sentencesOf(outcome);
  return new PortError("git", `${what} failed: ${why}`, {
    retryable: localWeather.test(outcome.stderr),
  });
}

/**
 * The error for a command that spoke to the remote.
 *
 * @param what the thing and the try, as it reads before "failed"
 * @returns not retryable when the remote or the object checks refused; anything else is weather
 */
export function remoteFailure(what: string, outcome: GitOutcome): PortError {
  return new PortError("git", `${what} failed: ${sentencesOf(outcome)}`, {
    retryable: localWeather.test(outcome.stderr) || !remoteVerdict.test(outcome.stderr),
  });
}

/**
 * Output of a command that must succeed.
 *
 * @param what the thing and the try, as it reads before "failed"
 * @throws {PortError} {@link localFailure}
 */
export function outputOf(outcome: GitOutcome, what: string): Buffer {
  if (outcome.exitCode !== 0) throw localFailure(what, outcome);
  return outcome.stdout;
}

const maxLines = 10;
const maxLineLength = 300;

/** What git and the remote said, without control characters and token shapes, bounded. */
export function sentencesOf(outcome: GitOutcome): string {
  const lines = outcome.stderr
    .split(/[\n\r]+/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a remote's text may hold terminal escapes
    .map((line) => line.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ").trim())
    .filter((line) => line !== "" && !/^remote:\s*$/.test(line))
    .slice(0, maxLines)
    .map((line) => line.slice(0, maxLineLength));
  const said = lines.length === 0 ? `git ended with ${outcome.exitCode}` : lines.join("; ");
  return redactShapes(said);
}

const fileWeather = new Set([
  "EAGAIN",
  "EBUSY",
  "EDQUOT",
  "EIO",
  "EMFILE",
  "ENFILE",
  "ENOMEM",
  "ENOSPC",
]);

/**
 * Turns a failure of the host's file system into a failure of this port.
 *
 * @param what the thing and the try, as it reads before "failed"
 * @throws {PortError} `git`, retryable when room, memory or handles are short; other errors unchanged
 */
export async function onHostFiles<Result>(
  what: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof Error && "syscall" in cause && "code" in cause)) throw cause;
    const retryable = fileWeather.has(String(cause.code));
    throw new PortError("git", `${what} failed: ${cause.message}`, { retryable, cause });
  }
}
