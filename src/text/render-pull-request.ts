// Bodies of pull requests. They name issues and never close them: the product closes its own.
import type { Epic } from "../domain/epic.ts";
import { type Task, taskHasEnded } from "../domain/task.ts";
import { neutraliseInline } from "./neutralise-inline.ts";
import { blocks, code, commit, counted, numbered, quoted } from "./parts.ts";
import { acceptanceList } from "./render-issue.ts";

const maxSummaryLength = 4_000;

/** The body of the pull request that takes a task to the epic branch. */
export function renderTaskPullRequest(epic: Epic, task: Task): string {
  const name = task.issueNumber === null ? String(task.ordinal) : numbered(task.issueNumber);
  return blocks([
    `Task ${name} of epic ${numbered(epic.issueNumber)}, towards ${code(epic.branch)}.`,
    quoted(task.summary ?? ""),
    acceptanceList(task),
    "The supervisor reviews the exact head; once approved it lands by the merge queue, so nobody needs to merge it by hand. A comment here reaches the worker.",
  ]);
}

/** The body of the pull request that takes an epic to the base branch. */
export function renderEpicPullRequest(epic: Epic, tasks: readonly Task[]): string {
  const landed = tasks.filter((task) => task.state === "COMPLETED");
  const given = tasks.filter((task) => taskHasEnded(task) && task.state !== "COMPLETED");
  const open = tasks.filter((task) => !taskHasEnded(task));
  return blocks([
    `Epic ${numbered(epic.issueNumber)}, from ${code(epic.branch)} to ${code(epic.baseBranch)}: ${landed.length} of ${counted(tasks.length, "task")} landed, one merge commit each.`,
    section("What was built", landed),
    section("What did not land", given),
    section("Still in work", open),
    open.length > 0
      ? "It stays a draft until every task has landed or ended."
      : "Review and merge it like any other; merging completes the epic. A review with comments goes to the supervisor.",
  ]);
}

function section(title: string, tasks: readonly Task[]): string {
  return tasks.length === 0 ? "" : blocks([`### ${title}`, ...tasks.map(entry)]);
}

function entry(task: Task): string {
  const issue = task.issueNumber === null ? `Task ${task.ordinal}` : numbered(task.issueNumber);
  const pullRequest = task.pullRequest === null ? "" : ` · ${numbered(task.pullRequest)}`;
  const head = `**${issue}** ${neutraliseInline(task.title)}${pullRequest} · ${outcome(task)}`;
  return blocks([head, quoted(wordsOn(task), maxSummaryLength)]);
}

function outcome(task: Task): string {
  return task.state === "COMPLETED" ? commit(task.mergeSha) : code(task.state);
}

function wordsOn(task: Task): string {
  return task.state === "FAILED" || task.state === "CANCELLED" ? task.reason : (task.summary ?? "");
}
