import type { EpicStatus } from "../domain/epic-status.ts";
import { neutraliseInline } from "./neutralise-inline.ts";
import { blocks, code, commit, counted, numbered } from "./parts.ts";
import { renderProfiles } from "./render-profiles.ts";
import { renderTaskGraph } from "./render-task-graph.ts";
import { sayCells, warnOfNoCells } from "./say-cells.ts";
import { sayQueue } from "./say-queue.ts";
import { spendingLine } from "./say-spending.ts";
import { markOf } from "./state-mark.ts";

type StatusTask = EpicStatus["tasks"][number];

const barLength = 20;
const maxTasksShown = 100;

/** The status comment: one glance says where the epic stands and whether it waits for the reader. */
export function renderStatus(status: EpicStatus): string {
  return blocks([
    warnOfNoCells(status.cellLevel),
    headline(status),
    progress(status),
    waiting(status),
    deciding(status),
    sayQueue(status.queue),
    table(status),
    renderTaskGraph(status.tasks.slice(0, maxTasksShown)),
    renderProfiles(status.profiles),
    footer(status),
    sayCells(status.cellLevel),
  ]);
}

function headline({ state, branch, pullRequest }: EpicStatus): string {
  const where = pullRequest === null ? "" : ` · pull request ${numbered(pullRequest)}`;
  return `${markOf(state)} ${code(state)} · branch ${code(branch)}${where}`;
}

function progress({ tasks }: EpicStatus): string {
  if (tasks.length === 0) return "No tasks yet.";
  const landed = tasks.filter((task) => task.state === "COMPLETED").length;
  const filled = Math.round((landed / tasks.length) * barLength);
  const bar = "█".repeat(filled) + "░".repeat(barLength - filled);
  return `\`${bar}\` ${landed} of ${counted(tasks.length, "task")} landed`;
}

/** People see why nothing moves: whatever it decides, or does not, they hear when it is theirs. */
function deciding({ decides }: EpicStatus): string {
  switch (decides) {
    case null:
      return "";
    case "repeatedEpic":
      return "The orchestrator decides whether this epic repeats another. `/ff pause` and `/ff resume` start it without.";
    case "failingTask":
      return "The orchestrator decides what becomes of a task that keeps failing.";
    case "incident":
      return "The orchestrator decides whether this epic goes on in spite of what holds it up.";
    default:
      return decides satisfies never;
  }
}

function waiting({ waitsForHuman }: EpicStatus): string {
  if (waitsForHuman.length === 0) return "Nothing waits for you.";
  const items = waitsForHuman.map((sentence) => `- ${neutraliseInline(sentence)}`);
  return `**Waits for you**\n\n${items.join("\n")}`;
}

function table({ tasks }: EpicStatus): string {
  if (tasks.length === 0) return "";
  const more = tasks.length - maxTasksShown;
  const rows = [
    "| | Task | State | Agent | Attempts | Pull request | Landed |",
    "| -: | - | - | - | -: | - | - |",
    ...tasks.slice(0, maxTasksShown).map(row),
  ];
  return rows.join("\n") + (more > 0 ? `\n\nand ${more} more` : "");
}

function row(task: StatusTask): string {
  const issue = task.issueNumber === null ? "" : `${numbered(task.issueNumber)} `;
  const agent = [task.agent, task.agentState]
    .filter((word) => word !== null)
    .map(code)
    .join(" ");
  const cells = [
    String(task.ordinal),
    `${issue}${neutraliseInline(task.titleText)}`,
    `${markOf(task.state)} ${code(task.state)}`,
    agent,
    String(task.attempts),
    task.pullRequest === null ? "" : numbered(task.pullRequest),
    task.mergeSha === null ? "" : commit(task.mergeSha),
  ];
  return `| ${cells.join(" | ")} |`;
}

function footer({ supervisor, modelCalls, tokensIn, tokensOut, spending }: EpicStatus): string {
  const who = supervisor === null ? "" : `${code(supervisor.name)} is ${code(supervisor.state)}. `;
  return `${who}${counted(modelCalls, "model call")}, ${counted(tokensIn, "token")} in, ${counted(tokensOut, "token")} out; ${spendingLine(spending)}. \`/ff help\` lists the commands.`;
}
