// Whether a pull request merges, and merging it.

import { emailOf } from "./events/push-events.ts";
import { type Commit, listCommits } from "./git/commits.ts";
import { replay, tryMerge, writeCommit } from "./git/merge.ts";
import { moveRef } from "./git/refs.ts";
import { movingRefs } from "./git-moves.ts";
import { refusal } from "./rules.ts";
import type { Caller } from "./server/caller.ts";
import { actorOf } from "./server/caller.ts";
import { GitHubError } from "./server/github-error.ts";
import type { PullRow } from "./store/code.ts";
import { type Actor, gitDirOf, timestamp, type World } from "./world.ts";

/** Works out whether a pull request merges cleanly, for the tips it has now. */
export async function computeMergeable(world: World, pullId: number): Promise<void> {
  const pull = world.tables.pulls.must(pullId);
  const gitDir = gitDirOf(world, pull.repositoryId);
  const { tree } = await tryMerge(gitDir, pull.baseSha, pull.headSha);
  const mergeable = { of: `${pull.headSha}:${pull.baseSha}`, clean: tree !== null };
  world.transaction(() => world.tables.pulls.update(pullId, { mergeable }));
}

/** How a pull request is to be merged. */
export type MergeWish = {
  readonly sha: string | null;
  readonly method: "merge" | "squash" | "rebase";
  readonly title: string | null;
  readonly message: string | null;
};

/** Merges a pull request and returns the new tip of its base. @throws GitHubError 405, 409 */
export async function mergePull(
  world: World,
  pull: PullRow,
  wish: MergeWish,
  caller: Caller,
): Promise<string> {
  const repository = world.tables.repositories.must(pull.repositoryId);
  const actor = actorOf(caller);
  return movingRefs(world, repository, actor, async () => {
    const current = world.tables.pulls.must(pull.id);
    checkMergeable(world, current, wish);
    const made = await makeMerge(world, current, wish, actor);
    const move = { ref: `refs/heads/${current.baseRef}`, before: current.baseSha, after: made };
    const refused = await refusal(world, repository, caller, { ...move, ofPull: true });
    if (refused !== null) throw new GitHubError(405, { message: refused });
    world.transaction(() => world.tables.pulls.update(pull.id, { pendingMergeSha: made }));
    if (!(await moveRef(gitDirOf(world, repository.id), move.ref, move.before, made))) {
      throw new GitHubError(409, {
        message: "Base branch was modified. Review and try the merge again.",
      });
    }
    return made;
  });
}

function checkMergeable(world: World, pull: PullRow, wish: MergeWish): void {
  if (wish.sha !== null && wish.sha !== pull.headSha) {
    throw new GitHubError(409, {
      message: "Head branch was modified. Review and try the merge again.",
    });
  }
  if (world.tables.issues.must(pull.issueId).state === "closed") throw notMergeable();
  if (pull.draft) throw new GitHubError(405, { message: "Pull Request is still a draft" });
}

async function makeMerge(
  world: World,
  pull: PullRow,
  wish: MergeWish,
  actor: Actor,
): Promise<string> {
  const gitDir = gitDirOf(world, pull.repositoryId);
  const issue = world.tables.issues.must(pull.issueId);
  const signature = signatureOf(world, actor);
  if (wish.method === "rebase") {
    const tip = await replay(gitDir, pull.baseSha, pull.headSha, signature);
    if (tip === null) throw notMergeable();
    return tip;
  }
  const { tree } = await tryMerge(gitDir, pull.baseSha, pull.headSha);
  if (tree === null) throw notMergeable();
  const owner = world.tables.users.must(world.tables.repositories.must(pull.repositoryId).ownerId);
  const isMerge = wish.method === "merge";
  const title = isMerge
    ? `Merge pull request #${pull.number} from ${owner.login}/${pull.headRef}`
    : `${issue.title} (#${pull.number})`;
  const body = wish.message ?? (isMerge ? issue.title : await squashMessage(gitDir, pull));
  return writeCommit(gitDir, {
    tree,
    parents: isMerge ? [pull.baseSha, pull.headSha] : [pull.baseSha],
    message: `${wish.title ?? title}\n\n${body}`.trim(),
    author: signature,
    committer: signature,
  });
}

async function squashMessage(gitDir: string, pull: PullRow): Promise<string> {
  const commits = await listCommits(gitDir, ["--reverse", `${pull.baseSha}..${pull.headSha}`]);
  return commits.map((commit: Commit) => `* ${commit.message}`).join("\n\n");
}

/** How commits made for an actor are signed off. */
export function signatureOf(world: World, actor: Actor) {
  const { name, login } = actor.user;
  return { name: name ?? login, email: emailOf(actor), date: timestamp(world.now()) };
}

function notMergeable(): GitHubError {
  return new GitHubError(405, { message: "Pull Request is not mergeable" });
}
