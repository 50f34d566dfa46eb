import { isStateLabel, stateLabel } from "../../../src/domain/state-label.ts";
import type { Row } from "./database-facts.ts";
import type { EpicFacts, Facts } from "./facts.ts";
import type { Hold } from "./judge.ts";
import type { GitHubRow } from "./local-github-facts.ts";
import type { Published } from "./published.ts";
import { numberOf, saidIn, taskOfEffect, textOfEffect } from "./said.ts";

// Whether what the outbox calls done can be seen on GitHub.

export type Seen = {
  readonly facts: Facts;
  readonly things: readonly Published[];
  readonly epic: EpicFacts;
};

export async function judgeDone(seen: Seen, hold: Hold): Promise<void> {
  const { facts, epic } = seen;
  for (const row of epic.outbox) {
    const isOld = row.finished_at !== null && row.finished_at <= facts.since;
    if (row.state !== "done" || !isOld) continue;
    const { id, kind, effect_key: key } = row;
    const detail = { epic: epic.name, row: id, kind, key };
    hold(await isThere(row, seen), "an effect that is done is not on GitHub", detail);
  }
  if (facts.world.ended) judgeLabels(seen, hold);
}

async function isThere(row: Row<"outbox">, seen: Seen): Promise<boolean> {
  const { epic, facts } = seen;
  const task = epic.tasks.find(({ ordinal }) => ordinal === taskOfEffect(row));
  const issue = issueOf(seen, task?.issue_number ?? null);
  const sha = textOfEffect(row, "sha");
  switch (row.kind) {
    case "createEpicBranch":
      return epic.row.base_sha !== null && (await epic.bare.hasCommit(epic.row.base_sha));
    case "pushTaskBranch":
      return sha !== null && (await epic.bare.hasCommit(sha));
    case "say":
      return wasSaid(row, seen);
    case "createTaskIssue":
      return has(seen, "issue", row.effect_key) && issue !== null;
    case "openTaskPullRequest":
      return pullOf(seen, task?.pull_request ?? null)?.headRef === task?.branch;
    case "openEpicPullRequest":
      return has(seen, "pull", `epic-pull-request/${epic.row.id}`);
    case "review":
      return seen.things.some(
        ({ kind, key, sha: of }) => kind === "review" && key === row.effect_key && of === sha,
      );
    case "publishVerdict":
      return facts.gitHub.checkRuns.some(
        (run) =>
          run.externalId === row.effect_key &&
          run.headSha === sha &&
          run.conclusion === textOfEffect(row, "conclusion"),
      );
    case "linkTaskIssue":
      return facts.gitHub.subIssues.some(
        (link) => link.childId === issue?.id && link.parentId === epicIssue(seen)?.id,
      );
    case "closeTaskIssue":
      return issue === null || issue.state === "closed";
    case "closeEpicIssue":
      return epicIssue(seen)?.state === "closed";
    case "markEpicPullRequestReady":
      return pullOf(seen, epic.row.pull_request)?.draft === false;
    case "deleteTaskBranch":
      return task?.branch == null || !(`refs/heads/${task.branch}` in epic.repository.refs);
    case "deleteEpicBranch":
      return !(`refs/heads/${epic.row.branch}` in epic.repository.refs);
    default:
      // What leaves no trace of its own: reactions, settled pull requests, things on hosts.
      return true;
  }
}

function has({ things }: Seen, kind: Published["kind"], key: string): boolean {
  return things.some((thing) => thing.kind === kind && thing.key === key);
}

/** On the thread it was meant for, and nowhere else. */
function wasSaid(row: Row<"outbox">, { epic, things }: Seen): boolean {
  const said = saidIn(epic).find((one) => one.row.id === row.id);
  const number = said === undefined ? null : numberOf(epic, said);
  return things.some(
    (thing) =>
      thing.kind === "comment" &&
      thing.key === row.effect_key &&
      thing.number === number &&
      thing.repositoryId === epic.repository.id,
  );
}

function issueOf({ facts, epic }: Seen, number: number | null): GitHubRow<"issues"> | null {
  return (
    facts.gitHub.issues.find(
      (issue) => issue.repositoryId === epic.repository.id && issue.number === number,
    ) ?? null
  );
}

function epicIssue(seen: Seen): GitHubRow<"issues"> | null {
  return issueOf(seen, seen.epic.row.issue_number);
}

function pullOf({ facts, epic }: Seen, number: number | null): GitHubRow<"pulls"> | null {
  return (
    facts.gitHub.pulls.find(
      (pull) => pull.repositoryId === epic.repository.id && pull.number === number,
    ) ?? null
  );
}

/** In the end each issue shows its noun's state, and only that. */
function judgeLabels(seen: Seen, hold: Hold): void {
  const { facts, epic } = seen;
  const nouns = [
    { number: epic.row.issue_number, state: epic.row.state },
    ...epic.tasks.map(({ issue_number: number, state }) => ({ number, state })),
  ];
  const labels = new Map(facts.gitHub.labels.map(({ id, name }) => [id, name]));
  for (const { number, state } of nouns) {
    const issue = issueOf(seen, number);
    if (issue === null) continue;
    const shown = issue.labelIds.map((id) => labels.get(id) ?? "").filter(isStateLabel);
    const isRight = shown.length === 1 && shown[0] === stateLabel(state);
    hold(isRight, "an issue's label shows another state than it has", {
      epic: epic.name,
      number,
      state,
      shown,
    });
  }
}
