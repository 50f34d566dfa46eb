import { PortError } from "../../lib/port-error.ts";

/** `git merge-tree --write-tree` came with this version. */
const oldestVersion = { major: 2, minor: 38 } as const;

/**
 * Refuses a git that is too old to merge without a worktree.
 *
 * @param output what `git --version` printed
 * @throws {PortError} `git`, not retryable, saying what is there and what is needed
 */
export function requireGitVersion(output: string): void {
  const [, major, minor] = /^git version (\d+)\.(\d+)/.exec(output) ?? [];
  const isNewEnough =
    Number(major) > oldestVersion.major ||
    (Number(major) === oldestVersion.major && Number(minor) >= oldestVersion.minor);
  if (isNewEnough) return;
  const needed = `${oldestVersion.major}.${oldestVersion.minor}`;
  throw new PortError(
    "git",
    `git ${needed} or later is needed, and this host has "${output.trim()}": install a newer git`,
    { retryable: false },
  );
}
