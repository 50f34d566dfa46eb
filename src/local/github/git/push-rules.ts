// Which moves of refs are refused. Used by the API, and by the hook that git runs during a push.

import { isReachable } from "./commits.ts";
import { NO_COMMIT } from "./refs.ts";
import { gitOutput } from "./run-git.ts";

/** What one actor may not do to refs of one repository. */
export type PushLimits = {
  readonly rules: readonly {
    readonly pattern: string;
    readonly kinds: readonly string[];
  }[];
  /** True for an App without the `workflows` permission. */
  readonly keepWorkflows: boolean;
};

/** One wanted move; NO_COMMIT for a ref that is made or deleted. */
export type WantedMove = { readonly ref: string; readonly before: string; readonly after: string };

/**
 * Why this move is refused, in GitHub's words, or null.
 *
 * @param env added to git's environment: during a push it leads git to the objects not yet taken over
 */
export async function refuseMove(
  gitDir: string,
  move: WantedMove,
  limits: PushLimits,
  env: Readonly<Record<string, string>> = {},
): Promise<string | null> {
  if (move.ref.startsWith("refs/pull/")) return `deny updating a hidden ref: ${move.ref}`;
  const branch = /^refs\/heads\/(.+)$/u.exec(move.ref)?.[1];
  const kinds = new Set(
    limits.rules
      .filter((rule) => matchesPattern(rule.pattern, branch))
      .flatMap((rule) => rule.kinds),
  );
  const broken = await brokenRule(gitDir, move, kinds, env);
  if (broken !== null) {
    return `GH013: Repository rule violations found for ${move.ref}.\n- ${broken}`;
  }
  return limits.keepWorkflows ? refuseWorkflows(gitDir, move, env) : null;
}

/** True when a branch name fits a ruleset's pattern: `*` stays within a segment, `**` does not. */
export function matchesPattern(pattern: string, branch: string | undefined): boolean {
  if (branch === undefined) return false;
  const source = pattern
    .replace(/^refs\/heads\//u, "")
    .split(/(\*\*\/?|\*)/u)
    .map((part) => {
      if (part.startsWith("**")) return ".*";
      return part === "*" ? "[^/]*" : part.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");
    })
    .join("");
  return new RegExp(`^${source}$`, "u").test(branch);
}

async function brokenRule(
  gitDir: string,
  move: WantedMove,
  kinds: ReadonlySet<string>,
  env: Readonly<Record<string, string>>,
): Promise<string | null> {
  if (move.before === NO_COMMIT)
    return kinds.has("creation") ? "Cannot create ref due to creations being restricted." : null;
  if (move.after === NO_COMMIT)
    return kinds.has("deletion") ? "Cannot delete this protected ref." : null;
  if (kinds.has("update")) return "Cannot update this protected ref.";
  if (kinds.has("pull_request")) return "Changes must be made through a pull request.";
  if (!kinds.has("non_fast_forward")) return null;
  return (await isReachable(gitDir, move.before, move.after, env))
    ? null
    : "Cannot force-push to this branch.";
}

async function refuseWorkflows(
  gitDir: string,
  move: WantedMove,
  env: Readonly<Record<string, string>>,
): Promise<string | null> {
  if (move.after === NO_COMMIT) return null;
  const text = await gitOutput(
    gitDir,
    [
      "log",
      "--format=",
      "--name-only",
      "-m",
      move.after,
      "--not",
      "--all",
      "--",
      ".github/workflows/",
    ],
    { env },
  );
  const [path] = text.split("\n").filter((line) => line !== "");
  if (path === undefined) return null;
  return `refusing to allow a GitHub App to create or update workflow \`${path}\` without \`workflows\` permission`;
}
