// What there is in a repository, a line for each thing, so that twice the same thing shows.
import { z } from "zod";

import { checkRunRow, pullRow, reviewRow } from "../../src/local/github/store/code.ts";
import {
  commentRow,
  dependencyRow,
  issueRow,
  labelRow,
  reactionRow,
  subIssueRow,
} from "../../src/local/github/store/conversations.ts";
import type { Shop } from "./shop.ts";

export type Seen = readonly string[];

const state = z.object({
  repositories: z.array(z.object({ id: z.number(), refs: z.record(z.string(), z.string()) })),
  users: z.array(z.object({ id: z.number(), login: z.string() })),
  labels: z.array(labelRow),
  issues: z.array(issueRow),
  subIssues: z.array(subIssueRow),
  dependencies: z.array(dependencyRow),
  comments: z.array(commentRow),
  reactions: z.array(reactionRow),
  pulls: z.array(pullRow),
  reviews: z.array(reviewRow),
  checkRuns: z.array(checkRunRow),
});
type State = z.infer<typeof state>;

/** Everything in a shop, sorted. */
export async function see({ control, repository }: Shop): Promise<Seen> {
  const all = state.parse(await control.state());
  const issues = all.issues.filter(({ repositoryId }) => repositoryId === repository.githubId);
  const numberOf = (id: number): number | null =>
    issues.find((row) => row.id === id)?.number ?? null;
  const isHere = (id: number): boolean => numberOf(id) !== null;
  return [
    ...issues.filter(({ isPull }) => !isPull).map((issue) => issueLine(all, issue)),
    ...all.subIssues
      .filter(({ childId }) => isHere(childId))
      .map(({ parentId, childId }) => `#${numberOf(childId)} is part of #${numberOf(parentId)}`),
    ...all.dependencies
      .filter(({ blockedId }) => isHere(blockedId))
      .map((row) => `#${numberOf(row.blockedId)} waits for #${numberOf(row.blockingId)}`),
    ...commentLines(all, numberOf),
    ...pullLines(all, repository.githubId),
    ...checkLines(all, repository.githubId),
    ...branchLines(all, repository.githubId),
  ].toSorted();
}

/** What appeared (`+`) and what went (`-`); a thing that is there twice is there twice. */
export function difference(before: Seen, after: Seen): readonly string[] {
  return [
    ...without(before, after).map((line) => `- ${line}`),
    ...without(after, before).map((line) => `+ ${line}`),
  ];
}

function without(lines: Seen, taken: Seen): Seen {
  const left = [...taken];
  return lines.filter((line) => {
    const place = left.indexOf(line);
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
}

function issueLine(all: State, issue: State["issues"][number]): string {
  const labels = issue.labelIds.map((id) => all.labels.find((label) => label.id === id)?.name);
  const ended = issue.state === "closed" ? ` ${issue.stateReason}` : "";
  const shown = labels.length === 0 ? "" : ` [${labels.join(", ")}]`;
  return `issue #${issue.number} ${issue.state}${ended}${shown} by ${login(all, issue.userId)}: ${issue.title}`;
}

function commentLines(all: State, numberOf: (id: number) => number | null): readonly string[] {
  const comments = all.comments.filter(({ issueId }) => numberOf(issueId) !== null);
  return comments.flatMap((comment) => {
    const number = numberOf(comment.issueId);
    const pinned = comment.pinnedAt === null ? "" : " (pinned)";
    const reactions = all.reactions.filter(
      ({ subject, subjectId }) => subject === "comment" && subjectId === comment.id,
    );
    return [
      `comment on #${number} by ${login(all, comment.userId)}${pinned}: ${firstLine(comment.body)}`,
      ...reactions.map(
        ({ content, userId }) => `${content} by ${login(all, userId)} on a comment on #${number}`,
      ),
    ];
  });
}

function pullLines(all: State, repositoryId: number): readonly string[] {
  const pulls = all.pulls.filter((row) => row.repositoryId === repositoryId);
  return pulls.flatMap((pull) => {
    const issue = all.issues.find(({ id }) => id === pull.issueId);
    const how = pull.mergedAt !== null ? "merged" : issue?.state;
    const reviews = all.reviews.filter(({ pullId }) => pullId === pull.id);
    return [
      `pull #${pull.number} ${how}${pull.draft ? " draft" : ""} ${pull.headRef} → ${pull.baseRef}: ${issue?.title}`,
      ...reviews.map(
        (review) =>
          `review of #${pull.number} at ${review.commitSha.slice(0, 7)} ${review.state}: ${firstLine(review.body)}`,
      ),
    ];
  });
}

function checkLines(all: State, repositoryId: number): readonly string[] {
  return all.checkRuns
    .filter((row) => row.repositoryId === repositoryId)
    .map(
      (run) => `check ${run.name} at ${run.headSha.slice(0, 7)} ${run.conclusion}: ${run.title}`,
    );
}

function branchLines(all: State, repositoryId: number): readonly string[] {
  const refs = all.repositories.find(({ id }) => id === repositoryId)?.refs ?? {};
  return Object.entries(refs)
    .filter(([ref]) => ref.startsWith("refs/heads/"))
    .map(([ref, sha]) => `branch ${ref.slice("refs/heads/".length)} at ${sha.slice(0, 7)}`);
}

function login(all: State, userId: number): string {
  return all.users.find(({ id }) => id === userId)?.login ?? "nobody";
}

function firstLine(body: string): string {
  return body.split("\n")[0] ?? "";
}
