import { readdir, readFile, stat, unlink } from "node:fs/promises";
import { sep } from "node:path";
import { retry } from "../../lib/retry.ts";
import { heldLocks, isLockHeld } from "./git-failure.ts";
import type { GitLimits } from "./git-limits.ts";
import { isMissing, type Mirror } from "./mirror.ts";
import type { GitOutcome } from "./run-git.ts";

/**
 * Runs a command that takes locks in the mirror, waiting for whoever holds one. A lock that a
 * killed process left behind is removed: git itself never would.
 *
 * @param work the command, safe to run again
 * @returns its last outcome, which may still be "the lock is held"
 */
export async function withLocks(
  mirror: Mirror,
  limits: Pick<GitLimits, "lockAttempts" | "staleLockMs">,
  work: () => Promise<GitOutcome>,
): Promise<GitOutcome> {
  try {
    return await retry(
      async () => {
        const outcome = await work();
        if (!isLockHeld(outcome)) return outcome;
        await removeStaleLocks(mirror, heldLocks(outcome), limits.staleLockMs);
        throw new LockHeld(outcome);
      },
      {
        attempts: limits.lockAttempts,
        firstWaitMs: 50,
        longestWaitMs: 2_000,
        isRetryable: (error) => error instanceof LockHeld,
      },
    );
  } catch (error) {
    if (error instanceof LockHeld) return error.outcome;
    throw error;
  }
}

class LockHeld extends Error {
  readonly outcome: GitOutcome;

  constructor(outcome: GitOutcome) {
    super("a lock of the mirror is held");
    this.outcome = outcome;
  }
}

async function removeStaleLocks(
  mirror: Mirror,
  locks: readonly string[],
  staleLockMs: number,
): Promise<void> {
  const old: string[] = [];
  for (const lock of locks) {
    if (lock.startsWith(mirror.gitDir + sep) && (await ageMs(lock)) >= staleLockMs) old.push(lock);
  }
  if (old.length === 0 || (await hasWriter(mirror.gitDir))) return;
  for (const lock of old) await unlink(lock).catch(ignoreMissing);
}

async function ageMs(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

/** Whether any process of this host runs a git command that writes refs of this mirror. */
async function hasWriter(gitDir: string): Promise<boolean> {
  const processes = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    processes.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return commands.some((command) => {
    const args = command.split("\0");
    const isOurs = args.includes(`--git-dir=${gitDir}`);
    return isOurs && (args.includes("fetch") || args.includes("update-ref"));
  });
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
