// What has to be there before an effect, made by the adapters themselves.
import type { EpicView } from "../../src/domain/epic-view.ts";
import type { Task } from "../../src/domain/task.ts";
import { commitOn, type Shop } from "./shop.ts";
import { epicBranch, epicOf, taskOf, viewOf } from "./views.ts";

export const taskBranch = "ff/task-2-part-1";

export async function withIssue({ github, repository }: Shop, task: Task): Promise<Task> {
  const issue = { title: task.title, body: "A task.", labels: ["ff:pending"] };
  const made = await github.createIssue(repository, issue, {
    marker: "ff:stage",
    triedSince: null,
  });
  return { ...task, issueNumber: made.number, issueId: made.id };
}

export async function withBranch(shop: Shop, task: Task): Promise<Task> {
  const message = `Build part ${task.ordinal}`;
  const sha = await commitOn(shop, { branch: taskBranch, parent: shop.base, message });
  return { ...task, branch: taskBranch, headSha: sha, submittedSha: sha };
}

export async function withEpicBranch(shop: Shop): Promise<EpicView["epic"]> {
  const { git, repository, base } = shop;
  await git.fetch(repository);
  await git.push(repository, { sha: base, ref: `refs/heads/${epicBranch}`, expected: null });
  return epicOf(shop, { baseSha: base, tipSha: base });
}

/** An epic whose branch has a commit that the base branch lacks. */
export async function withLandedWork(shop: Shop): Promise<EpicView["epic"]> {
  const epic = await withEpicBranch(shop);
  const message = "Land part 1";
  const tipSha = await commitOn(shop, { branch: epicBranch, parent: shop.base, message });
  return { ...epic, tipSha };
}

export async function withEpicPullRequest(shop: Shop): Promise<EpicView["epic"]> {
  const epic = await withLandedWork(shop);
  const { number } = await shop.github.openPullRequest(shop.repository, {
    title: epic.title,
    body: "What was built.",
    head: epicBranch,
    base: "main",
    draft: true,
  });
  return { ...epic, pullRequest: number, pullRequestIsDraft: true };
}

/** An epic with one task whose pull request is open. */
export async function withPullRequest(shop: Shop): Promise<EpicView> {
  const epic = await withEpicBranch(shop);
  const task = await withBranch(shop, await withIssue(shop, taskOf(1)));
  const { number } = await shop.github.openPullRequest(shop.repository, {
    title: task.title,
    body: "What was built.",
    head: taskBranch,
    base: epicBranch,
    draft: false,
  });
  return viewOf(epic, [{ ...task, pullRequest: number }]);
}
