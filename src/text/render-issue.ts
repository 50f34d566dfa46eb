import type { Epic } from "../domain/epic.ts";
import type { Task } from "../domain/task.ts";
import { neutralise } from "./neutralise.ts";
import { neutraliseInline } from "./neutralise-inline.ts";
import { blocks, listed, maxQuoteLength, numbered } from "./parts.ts";

const maxAcceptanceLength = 1_000;

/** The body of a task's sub-issue. `tasks` are all of the epic, for the numbers of those it waits for. */
export function renderTaskIssue(epic: Epic, task: Task, tasks: readonly Task[]): string {
  return blocks([
    neutralise(task.description, { maxLength: maxQuoteLength }),
    acceptanceList(task),
    waitsFor(task, tasks),
    `A task of ${numbered(epic.issueNumber)}. A comment here reaches the worker.`,
  ]);
}

/** What must hold when the task is done; an empty string when nothing was named. */
export function acceptanceList({ acceptance }: Task): string {
  if (acceptance.length === 0) return "";
  const items = acceptance.map(
    (text) => `- ${neutraliseInline(text, { maxLength: maxAcceptanceLength })}`,
  );
  return `**Done when**\n\n${items.join("\n")}`;
}

function waitsFor({ dependsOn }: Task, tasks: readonly Task[]): string {
  if (dependsOn.length === 0) return "";
  const names = dependsOn.map((ordinal) => {
    const number = tasks.find((task) => task.ordinal === ordinal)?.issueNumber ?? null;
    return number === null ? `task ${ordinal}` : numbered(number);
  });
  return `Blocked by ${listed(names)}.`;
}
