import type { CommitRequest } from "../../ports/git.ts";
import type { CommitIdentity, GitContext } from "./git-context.ts";
import { localFailure, outputOf } from "./git-failure.ts";
import { withLocks } from "./locked.ts";
import { ensureMirror, type Mirror } from "./mirror.ts";
import { objectNameOf, refNameOf } from "./ref-name.ts";

/** Implements `Git.isAncestor`. */
export async function isAncestorOf(
  { run }: GitContext,
  mirror: Mirror,
  ancestor: string,
  descendant: string,
): Promise<boolean> {
  const outcome = await run(mirror.gitDir, {
    args: ["merge-base", "--is-ancestor", objectNameOf(ancestor), objectNameOf(descendant)],
  });
  if (outcome.exitCode === 0) return true;
  if (outcome.exitCode === 1) return false;
  throw localFailure(`comparing ${ancestor} with ${descendant} in ${mirror.name}`, outcome);
}

/** Implements `Git.treeOf`. */
export async function treeOfCommit(
  { run }: GitContext,
  mirror: Mirror,
  commit: string,
): Promise<string> {
  const outcome = await run(mirror.gitDir, {
    args: ["rev-parse", "--verify", `${objectNameOf(commit)}^{tree}`],
  });
  return outputOf(outcome, `reading commit ${commit} of ${mirror.name}`).toString().trim();
}

/** The same request makes the same object, on every host. Implements `Git.commitTree`. */
export async function writeCommit(
  { run }: GitContext,
  mirror: Mirror,
  commit: CommitRequest,
  { name, email }: CommitIdentity,
): Promise<string> {
  const date = gitDate(commit.at);
  const parents = commit.parents.flatMap((parent) => ["-p", objectNameOf(parent)]);
  const outcome = await run(mirror.gitDir, {
    args: ["commit-tree", "--no-gpg-sign", ...parents, "-F", "-", objectNameOf(commit.tree)],
    stdin: commit.message,
    env: {
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
      GIT_COMMITTER_DATE: date,
    },
  });
  return outputOf(outcome, `commit of ${commit.tree} in ${mirror.name}`).toString().trim();
}

function gitDate(at: string): string {
  const time = Date.parse(at);
  if (Number.isFinite(time)) return `@${Math.floor(time / 1000)} +0000`;
  throw new Error(`"${at.slice(0, 80)}" is no ISO 8601 date`);
}

/** Implements `Git.setRef`. */
export async function setLocalRef(
  { run, limits }: GitContext,
  mirror: Mirror,
  ref: string,
  sha: string,
): Promise<void> {
  const args = ["update-ref", "--no-deref", refNameOf(ref), objectNameOf(sha)];
  await ensureMirror(run, mirror);
  const outcome = await withLocks(mirror, limits, () => run(mirror.gitDir, { args }));
  outputOf(outcome, `setting ${ref} of the mirror of ${mirror.name} to ${sha}`);
}
