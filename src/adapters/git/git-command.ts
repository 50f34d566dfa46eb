import type { GitLimits } from "./git-limits.ts";
import { requireGitVersion } from "./git-version.ts";
import { gitEnvironment, hardenedArguments } from "./hardening.ts";
import { type GitOutcome, runGit } from "./run-git.ts";

export type GitCommand = {
  readonly args: readonly string[];
  /** Settings of this call alone, name to value. Seen in argv: never a secret. */
  readonly config?: Readonly<Record<string, string>>;
  /** Added to the environment: the only place for a secret. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: Uint8Array | string;
  /** Default `localTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Default `maxOutputBytes`. */
  readonly maxOutputBytes?: number;
  /** Default `fail`. */
  readonly overflow?: "cut" | "fail";
};

/** Runs a hardened git on one git directory; null only for commands that make one. */
export type RunGitCommand = (gitDir: string | null, command: GitCommand) => Promise<GitOutcome>;

/**
 * Binds git to the product's hardening and bounds. The first use checks git's version.
 *
 * @param environment proxies and certificate files that git needs to reach the remote
 * @throws {PortError} from each run: see `runGit` and `requireGitVersion`
 */
export function createGitCommand(
  limits: GitLimits,
  searchPath: string,
  environment: Readonly<Record<string, string>>,
): RunGitCommand {
  const env = gitEnvironment(searchPath, environment);
  const hardened = hardenedArguments(limits.stalledTransferMs);
  const run = (args: readonly string[], command: GitCommand): Promise<GitOutcome> =>
    runGit({
      args,
      env: { ...env, ...command.env },
      stdin: command.stdin ?? null,
      timeoutMs: command.timeoutMs ?? limits.localTimeoutMs,
      maxOutputBytes: command.maxOutputBytes ?? limits.maxOutputBytes,
      overflow: command.overflow ?? "fail",
    });
  let version: Promise<void> | null = null;
  const checkVersion = async (): Promise<void> => {
    const args = ["--version"];
    requireGitVersion((await run(args, { args })).stdout.toString());
  };
  return async (gitDir, command) => {
    version ??= checkVersion();
    try {
      await version;
    } catch (error) {
      // Whoever installs git meanwhile need not restart the product.
      version = null;
      throw error;
    }
    const own = Object.entries(command.config ?? {}).flatMap(([name, value]) => [
      "-c",
      `${name}=${value}`,
    ]);
    const where = gitDir === null ? [] : [`--git-dir=${gitDir}`];
    return run([...where, ...hardened, ...own, ...command.args], command);
  };
}
