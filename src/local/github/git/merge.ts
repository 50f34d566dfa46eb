import { type Commit, listCommits, mergeBase, type Signature } from "./commits.ts";
import { gitOutput, runGit } from "./run-git.ts";

/** A merge of two commits that was tried: its tree, or null when they conflict. */
export type TriedMerge = { readonly tree: string | null };

/** Merges `head` into `base` without any working tree. Unrelated histories count as a conflict. */
export async function tryMerge(gitDir: string, base: string, head: string): Promise<TriedMerge> {
  const result = await runGit(gitDir, ["merge-tree", "--write-tree", "--no-messages", base, head]);
  if (result.code > 1) return { tree: null };
  return { tree: result.code === 0 ? (result.stdout.split("\n")[0] ?? "").trim() : null };
}

/** A commit about to be made. */
export type NewCommit = {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Signature;
  readonly committer: Signature;
};

/** Writes a commit object and returns its id; no ref moves. */
export async function writeCommit(gitDir: string, commit: NewCommit): Promise<string> {
  const parents = commit.parents.flatMap((parent) => ["-p", parent]);
  const sha = await gitOutput(gitDir, ["commit-tree", commit.tree, ...parents, "-F", "-"], {
    input: `${commit.message}\n`,
    env: {
      GIT_AUTHOR_NAME: commit.author.name,
      GIT_AUTHOR_EMAIL: commit.author.email,
      GIT_AUTHOR_DATE: commit.author.date,
      GIT_COMMITTER_NAME: commit.committer.name,
      GIT_COMMITTER_EMAIL: commit.committer.email,
      GIT_COMMITTER_DATE: commit.committer.date,
    },
  });
  return sha.trim();
}

/**
 * Replays the commits of `base..head` onto `base`, merges left out.
 *
 * @returns the new tip, or null when one of them conflicts
 */
export async function replay(
  gitDir: string,
  base: string,
  head: string,
  committer: Signature,
): Promise<string | null> {
  const commits = await listCommits(gitDir, ["--reverse", "--no-merges", `${base}..${head}`], 1000);
  let tip = base;
  for (const commit of commits) {
    const next = await replayOne(gitDir, tip, commit, committer);
    if (next === null) return null;
    tip = next;
  }
  return tip;
}

// merge-tree takes a merge base by itself only. A commit with the tip's tree and the replayed
// commit's parent makes that parent the merge base, which is what a cherry-pick needs.
async function replayOne(
  gitDir: string,
  tip: string,
  commit: Commit,
  committer: Signature,
): Promise<string | null> {
  const [parent] = commit.parents;
  if (parent === undefined || (await mergeBase(gitDir, parent, tip)) === null) return null;
  const { author, message } = commit;
  const stage = await writeCommit(gitDir, {
    tree: `${tip}^{tree}`,
    parents: [parent],
    message: "stage",
    author,
    committer,
  });
  const { tree } = await tryMerge(gitDir, stage, commit.sha);
  if (tree === null) return null;
  return writeCommit(gitDir, { tree, parents: [tip], message, author, committer });
}
