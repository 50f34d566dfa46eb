import { matchesPattern, type PushLimits, refuseMove, type WantedMove } from "./git/push-rules.ts";
import { grants } from "./server/access.ts";
import type { Caller } from "./server/caller.ts";
import { actorOf } from "./server/caller.ts";
import type { RepositoryRow, RulesetRow } from "./store/accounts.ts";
import { gitDirOf, type World } from "./world.ts";

/** What this caller may not do to the refs of a repository. */
export function limitsOf(world: World, repository: RepositoryRow, caller: Caller): PushLimits {
  const login = actorOf(caller).user.login;
  const rules = world.tables.rulesets
    .find({ repositoryId: repository.id })
    .filter((ruleset) => !ruleset.bypassLogins.includes(login))
    .map((ruleset) => ({ pattern: ruleset.pattern, kinds: ruleset.rules }));
  const keepWorkflows =
    caller.kind === "installation" && !grants(caller.permissions, "workflows", "write");
  return { rules, keepWorkflows };
}

/** Why a move through the API is refused, or null. `ofPull` for what a merged pull request does. */
export function refusal(
  world: World,
  repository: RepositoryRow,
  caller: Caller,
  move: WantedMove & { readonly ofPull?: true },
): Promise<string | null> {
  const limits = limitsOf(world, repository, caller);
  const rules = limits.rules.map((rule) => ({
    ...rule,
    kinds: rule.kinds.filter((kind) => kind !== "pull_request" || move.ofPull !== true),
  }));
  return refuseMove(gitDirOf(world, repository.id), move, { ...limits, rules });
}

/** The rulesets whose pattern a branch fits. */
export function rulesFor(
  world: World,
  repository: RepositoryRow,
  branch: string,
): readonly RulesetRow[] {
  return world.tables.rulesets
    .find({ repositoryId: repository.id })
    .filter((ruleset) => matchesPattern(ruleset.pattern, branch));
}
