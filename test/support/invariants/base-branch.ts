import type { Commit } from "./bare-repository.ts";
import type { EpicFacts, Facts } from "./facts.ts";
import type { Hold } from "./judge.ts";

/** The base branch since an epic began: every move is a pull request that a person merged. */
export async function judgeBase(epic: EpicFacts, facts: Facts, hold: Hold): Promise<void> {
  const { row, repository, bare } = epic;
  const tip = repository.refs[`refs/heads/${row.base_branch}`];
  const detail = { epic: epic.name, branch: row.base_branch };
  hold(tip !== undefined, "the base branch is gone", detail);
  if (tip === undefined || row.base_sha === null) return;
  const grew = await bare.isOnLine(row.base_sha, tip);
  hold(grew, "the base branch lost commits", { ...detail, tip });
  const landed = new Set(epic.line.map(({ sha }) => sha));
  const mergers = mergersOf(epic, facts);
  let unexplained: Commit[] = [];
  for (const commit of await bare.firstParents(row.base_sha, tip)) {
    hold(!landed.has(commit.sha), "a landing was put on the base branch by itself", {
      ...detail,
      commit: commit.sha,
    });
    const merger = mergers.get(commit.sha);
    unexplained.push(commit);
    if (merger === undefined) continue;
    hold(merger.type === "User", "the base branch was moved by no human", { ...detail, merger });
    // A rebase puts several commits there at once, and names the last.
    if (commit.parents.length === 1) unexplained = unexplained.filter(isMerge);
    else unexplained.pop();
  }
  const mayBePushed = facts.world.settings.peoplePushToBase;
  for (const { sha, committerEmail } of unexplained)
    hold(
      mayBePushed && !committerEmail.includes("[bot]"),
      "the base branch moved without a pull request",
      {
        ...detail,
        commit: sha,
        committerEmail,
      },
    );
}

function isMerge({ parents }: Commit): boolean {
  return parents.length > 1;
}

/** Who merged what, by the commit that it made. */
function mergersOf({ repository }: EpicFacts, { gitHub }: Facts) {
  const users = new Map(gitHub.users.map((user) => [user.id, user]));
  return new Map(
    gitHub.pulls.flatMap((pull) => {
      const user = pull.mergedById === null ? undefined : users.get(pull.mergedById);
      const isHere = pull.repositoryId === repository.id && pull.mergeCommitSha !== null;
      return isHere && user !== undefined ? [[pull.mergeCommitSha, user] as const] : [];
    }),
  );
}
