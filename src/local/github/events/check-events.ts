// One payload builder per event about checks and statuses.

import type { Commit } from "../git/commits.ts";
import type { JsonObject } from "../json.ts";
import type { CheckRunRow, CheckSuiteRow, StatusRow } from "../store/code.ts";
import { renderCheckRunWithSuite, renderCheckSuite } from "../views/check.ts";
import { renderCommit } from "../views/commit.ts";
import { fullNameOf, repositoryApi } from "../views/repository.ts";
import { type Actor, timestamp, type World } from "../world.ts";
import { emit } from "./emit.ts";

/** `check_run`: created and completed to all, rerequested and requested_action to its App only. */
export function emitCheckRun(
  world: World,
  run: CheckRunRow,
  told: { readonly action: string; readonly actor: Actor; readonly extra?: JsonObject },
): void {
  const repository = world.tables.repositories.must(run.repositoryId);
  const isRequest = told.action === "rerequested" || told.action === "requested_action";
  emit(world, {
    event: "check_run",
    action: told.action,
    repository,
    actor: told.actor,
    ...(isRequest ? { onlyApp: run.appId } : {}),
    payload: { check_run: renderCheckRunWithSuite(world, run), ...told.extra },
  });
}

/** `check_suite`: completed to all, requested and rerequested to its App only. */
export function emitCheckSuite(
  world: World,
  suite: CheckSuiteRow,
  told: { readonly action: string; readonly actor: Actor; readonly headCommit: Commit },
): void {
  const repository = world.tables.repositories.must(suite.repositoryId);
  const { repository: _, ...rendered } = renderCheckSuite(world, suite, told.headCommit);
  emit(world, {
    event: "check_suite",
    action: told.action,
    repository,
    actor: told.actor,
    ...(told.action === "completed" ? {} : { onlyApp: suite.appId }),
    payload: { check_suite: rendered },
  });
}

/** `status`: a commit status was set; `branches` are those whose tip it is. */
export function emitStatus(
  world: World,
  status: StatusRow,
  told: { readonly actor: Actor; readonly commit: Commit; readonly branches: readonly string[] },
): void {
  const repository = world.tables.repositories.must(status.repositoryId);
  const api = repositoryApi(world, repository);
  emit(world, {
    event: "status",
    action: null,
    repository,
    actor: told.actor,
    payload: {
      id: status.id,
      sha: status.sha,
      name: fullNameOf(world, repository),
      avatar_url: `${world.origin}/avatars/${status.creatorId}`,
      target_url: status.targetUrl,
      context: status.context,
      description: status.description,
      state: status.state,
      commit: renderCommit(world, repository, told.commit),
      branches: told.branches.map((name) => ({
        name,
        commit: { sha: status.sha, url: `${api}/commits/${status.sha}` },
        protected: false,
      })),
      created_at: timestamp(status.createdAt),
      updated_at: timestamp(status.createdAt),
    },
  });
}
