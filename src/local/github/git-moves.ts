// Whatever moves refs (a push, the API, a merge) ends here: what git shows is compared with what
// was last announced, and every difference becomes webhooks and changed pull requests in one
// transaction. After a crash the same comparison finds what was not announced.

import { emitCheckSuite } from "./events/check-events.ts";
import { emitPush, type RefMove } from "./events/push-events.ts";
import { isReachable, listCommits, readCommit } from "./git/commits.ts";
import { listRefs, moveRef, NO_COMMIT, objectType, refTip } from "./git/refs.ts";
import { type PullFacts, pullFacts, settlePulls } from "./pull-moves.ts";
import { grants } from "./server/access.ts";
import type { RepositoryRow } from "./store/accounts.ts";
import { type Actor, gitDirOf, type World } from "./world.ts";

const PUSHED_COMMITS_LIMIT = 2048;

/** Runs `work`, which may move refs, as this actor; then announces whatever moved. */
export function movingRefs<T>(
  world: World,
  repository: RepositoryRow,
  actor: Actor,
  work: () => Promise<T>,
): Promise<T> {
  return world.withRepository(repository.id, async () => {
    const intent = world.transaction(() =>
      world.tables.refIntents.insert({
        repositoryId: repository.id,
        userId: actor.user.id,
        appId: actor.app?.id ?? null,
      }),
    );
    try {
      return await work();
    } finally {
      await announce(world, repository.id, actor);
      world.transaction(() => world.tables.refIntents.remove(intent.id));
    }
  });
}

/** Announces moves that a crash kept from being announced; to be run once at the start. */
export async function announceForgotten(world: World): Promise<void> {
  for (const repository of world.tables.repositories.find({})) {
    // A reserved id whose repository was never finished has no refs to tell of.
    if (repository.key === "") continue;
    const intents = world.tables.refIntents.find({ repositoryId: repository.id });
    const last = intents.at(-1);
    const userId = last?.userId ?? repository.ownerId;
    const appId = last?.appId ?? null;
    const actor = {
      user: world.tables.users.must(userId),
      app: appId === null ? null : world.tables.apps.must(appId),
    };
    await world.withRepository(repository.id, () => announce(world, repository.id, actor));
    world.transaction(() => {
      for (const intent of intents) world.tables.refIntents.remove(intent.id);
    });
  }
}

/** Takes the refs as they are for announced: a repository just imported. */
export async function rememberRefs(world: World, repositoryId: number): Promise<void> {
  const refs = await listRefs(gitDirOf(world, repositoryId));
  world.transaction(() => {
    for (const [ref, sha] of refs) world.tables.seenRefs.insert({ repositoryId, ref, sha });
  });
}

async function announce(world: World, repositoryId: number, actor: Actor): Promise<void> {
  const gitDir = gitDirOf(world, repositoryId);
  const current = await listRefs(gitDir);
  const seen = new Map(
    world.tables.seenRefs.find({ repositoryId }).map((row) => [row.ref, row] as const),
  );
  const moves: RefMove[] = [];
  for (const ref of new Set([...seen.keys(), ...current.keys()])) {
    const before = seen.get(ref)?.sha ?? NO_COMMIT;
    const after = current.get(ref) ?? NO_COMMIT;
    if (before !== after) moves.push(await describeMove(gitDir, ref, before, after));
  }
  if (moves.length === 0) return;
  const facts = await pullFacts(world, repositoryId, moves);
  world.transaction(() => {
    const repository = world.tables.repositories.update(repositoryId, { pushedAt: world.now() });
    for (const move of moves) {
      const row = seen.get(move.ref);
      if (row !== undefined) world.tables.seenRefs.remove(row.id);
      if (move.after !== NO_COMMIT) {
        world.tables.seenRefs.insert({ repositoryId, ref: move.ref, sha: move.after });
      }
      emitPush(world, repository, move, actor);
      requestSuites(world, repository, move, actor);
    }
    settlePulls(world, facts, actor);
  });
  await keepPullHeads(world, gitDir, facts);
}

async function describeMove(
  gitDir: string,
  ref: string,
  before: string,
  after: string,
): Promise<RefMove> {
  const isCommit = after !== NO_COMMIT && (await objectType(gitDir, after)) === "commit";
  if (!isCommit) return { ref, before, after, forced: false, commits: [], head: null };
  const known = before !== NO_COMMIT && (await objectType(gitDir, before)) === "commit";
  const others = [...(await listRefs(gitDir, ["refs/heads/"])).keys()].filter(
    (name) => name !== ref,
  );
  const range = known
    ? ["--reverse", `${before}..${after}`]
    : ["--reverse", after, "--not", ...others];
  const commits = await listCommits(gitDir, range, PUSHED_COMMITS_LIMIT);
  const forced = known && !(await isReachable(gitDir, before, after));
  return { ref, before, after, forced, commits, head: await readCommit(gitDir, after) };
}

// GitHub makes one suite per App that may write checks, for each commit pushed to a branch.
function requestSuites(world: World, repository: RepositoryRow, move: RefMove, actor: Actor): void {
  if (move.head === null || !move.ref.startsWith("refs/heads/")) return;
  const headSha = move.after;
  for (const installation of world.tables.installations.find({ accountId: repository.ownerId })) {
    const { appId, repositoryIds, permissions } = installation;
    const covered = repositoryIds?.includes(repository.id) ?? true;
    if (!covered || !grants(permissions, "checks", "write")) continue;
    const { id: repositoryId } = repository;
    if (world.tables.checkSuites.first({ repositoryId, appId, headSha }) !== null) continue;
    const suite = world.tables.checkSuites.insert({
      repositoryId,
      appId,
      headSha,
      headBranch: move.ref.slice("refs/heads/".length),
      before: move.before,
      createdAt: world.now(),
      updatedAt: world.now(),
    });
    emitCheckSuite(world, suite, { action: "requested", actor, headCommit: move.head });
  }
}

// refs/pull/<n>/head keeps a pull request's commits after its branch is gone.
async function keepPullHeads(
  world: World,
  gitDir: string,
  facts: readonly PullFacts[],
): Promise<void> {
  for (const { pullId } of facts) {
    const pull = world.tables.pulls.must(pullId);
    await keepPullHead(gitDir, pull.number, pull.headSha);
  }
}

/** Points `refs/pull/<n>/head` at a pull request's head. */
export async function keepPullHead(gitDir: string, number: number, sha: string): Promise<void> {
  const ref = `refs/pull/${number}/head`;
  const at = await refTip(gitDir, ref);
  if (at !== sha) await moveRef(gitDir, ref, at ?? NO_COMMIT, sha);
}
