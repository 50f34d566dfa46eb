// Refs moved, and branches merged, through the API.

import { commitOf, countCommits, mergeBase } from "./git/commits.ts";
import { tryMerge, writeCommit } from "./git/merge.ts";
import { moveRef, NO_COMMIT, refTip } from "./git/refs.ts";
import { movingRefs } from "./git-moves.ts";
import { signatureOf } from "./pull-merge.ts";
import { refusal } from "./rules.ts";
import type { Caller } from "./server/caller.ts";
import { actorOf } from "./server/caller.ts";
import { GitHubError, unprocessable } from "./server/github-error.ts";
import type { RepositoryRow } from "./store/accounts.ts";
import { gitDirOf, type World } from "./world.ts";

/** Merges a branch or commit into a branch without a pull request; null when there is nothing to merge. */
export async function mergeBranch(
  world: World,
  repository: RepositoryRow,
  wish: { readonly base: string; readonly head: string; readonly message: string | null },
  caller: Caller,
): Promise<string | null> {
  const gitDir = gitDirOf(world, repository.id);
  const actor = actorOf(caller);
  return movingRefs(world, repository, actor, async () => {
    const ref = `refs/heads/${wish.base}`;
    const before = await refTip(gitDir, ref);
    const head =
      (await refTip(gitDir, `refs/heads/${wish.head}`)) ?? (await commitOf(gitDir, wish.head));
    if (before === null) throw new GitHubError(404, { message: "Base does not exist" });
    if (head === null) throw new GitHubError(404, { message: "Head does not exist" });
    if ((await countCommits(gitDir, before, head)) === 0) return null;
    const { tree } = await tryMerge(gitDir, before, head);
    if (tree === null) throw new GitHubError(409, { message: "Merge conflict" });
    const signature = signatureOf(world, actor);
    const message = wish.message ?? `Merge ${wish.head} into ${wish.base}`;
    const parents = [before, head];
    const made = await writeCommit(gitDir, {
      tree,
      parents,
      message,
      author: signature,
      committer: signature,
    });
    const refused = await refusal(world, repository, caller, { ref, before, after: made });
    if (refused !== null) throw unprocessable(refused);
    if (!(await moveRef(gitDir, ref, before, made))) {
      throw new GitHubError(409, { message: "Base branch was modified. Try the merge again." });
    }
    return made;
  });
}

/** Moves, makes or deletes a ref through the API. @throws GitHubError 422, 409 */
export async function changeRef(
  world: World,
  repository: RepositoryRow,
  wish: {
    readonly ref: string;
    readonly sha: string | null;
    readonly force: boolean;
    readonly create: boolean;
  },
  caller: Caller,
): Promise<void> {
  await movingRefs(world, repository, actorOf(caller), async () => {
    const gitDir = gitDirOf(world, repository.id);
    const before = (await refTip(gitDir, wish.ref)) ?? NO_COMMIT;
    if (wish.create && before !== NO_COMMIT) throw unprocessable("Reference already exists");
    if (!wish.create && before === NO_COMMIT) throw unprocessable("Reference does not exist");
    const after = wish.sha ?? NO_COMMIT;
    const refused = await refusal(world, repository, caller, { ref: wish.ref, before, after });
    if (refused !== null) throw unprocessable(refused);
    if (wish.sha !== null && !wish.create && !wish.force) {
      const ahead = (await mergeBase(gitDir, before, wish.sha)) === before;
      if (!ahead) throw unprocessable("Update is not a fast forward");
    }
    if (!(await moveRef(gitDir, wish.ref, before, wish.sha))) {
      throw unprocessable("Reference could not be changed");
    }
  });
}
