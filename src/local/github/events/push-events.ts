// Payload builders of push, create and delete.

import type { Commit } from "../git/commits.ts";
import { NO_COMMIT } from "../git/refs.ts";
import type { JsonObject } from "../json.ts";
import type { RepositoryRow } from "../store/accounts.ts";
import { repositoryPage } from "../views/repository.ts";
import { type Actor, timestamp, type World } from "../world.ts";
import { emit } from "./emit.ts";

/** A branch or tag that moved, and the commits that came with it, oldest first. */
export type RefMove = {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly forced: boolean;
  readonly commits: readonly Commit[];
  readonly head: Commit | null;
};

/** `push`, and before it `create` or `delete` where a ref came or went. */
export function emitPush(
  world: World,
  repository: RepositoryRow,
  move: RefMove,
  actor: Actor,
): void {
  const created = move.before === NO_COMMIT;
  const deleted = move.after === NO_COMMIT;
  if (created || deleted) emitRefLife(world, repository, { move, actor, deleted });
  const page = repositoryPage(world, repository);
  const owner = world.tables.users.must(repository.ownerId);
  emit(world, {
    event: "push",
    action: null,
    repository,
    actor,
    payload: {
      ref: move.ref,
      before: move.before,
      after: move.after,
      base_ref: null,
      compare: `${page}/compare/${move.before.slice(0, 12)}...${move.after.slice(0, 12)}`,
      created,
      deleted,
      forced: move.forced,
      commits: move.commits.map((commit) => renderPushed(page, commit)),
      head_commit: move.head === null ? null : renderPushed(page, move.head),
      pusher: { name: actor.user.login, email: emailOf(actor) },
      // Only in push payloads these instants are seconds since 1970, and the owner has a name.
      repository: {
        created_at: Math.floor(repository.createdAt / 1000),
        pushed_at: Math.floor(repository.pushedAt / 1000),
        updated_at: timestamp(repository.updatedAt),
        master_branch: repository.defaultBranch,
        stargazers: 0,
        ...(owner.type === "Organization" ? { organization: owner.login } : {}),
      },
    },
  });
}

function emitRefLife(
  world: World,
  repository: RepositoryRow,
  told: { readonly move: RefMove; readonly actor: Actor; readonly deleted: boolean },
): void {
  const { move, actor, deleted } = told;
  const common = {
    ref: move.ref.replace(/^refs\/(heads|tags)\//u, ""),
    ref_type: move.ref.startsWith("refs/tags/") ? "tag" : "branch",
    pusher_type: "user",
  };
  emit(world, {
    event: deleted ? "delete" : "create",
    action: null,
    repository,
    actor,
    payload: deleted
      ? common
      : { ...common, master_branch: repository.defaultBranch, description: repository.description },
  });
}

function renderPushed(page: string, commit: Commit): JsonObject {
  const { author, committer } = commit;
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: committer.date,
    url: `${page}/commit/${commit.sha}`,
    author: { name: author.name, email: author.email, date: author.date },
    committer: { name: committer.name, email: committer.email, date: committer.date },
    added: [],
    removed: [],
    modified: [],
  };
}

/** The address that ties a commit to an account. */
export function emailOf(actor: Actor): string {
  return `${actor.user.id}+${actor.user.login}@users.noreply.github.invalid`;
}
