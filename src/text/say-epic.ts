import type { EpicSummary, Message } from "../domain/message.ts";
import { neutraliseInline } from "./neutralise-inline.ts";
import { blocks, code, commit, counted, listed, numbered, quoted } from "./parts.ts";

type Of<Kind extends Message["kind"]> = Extract<Message, { kind: Kind }>;

const maxTasksShown = 100;

export function sayEpicStarted({ branch, baseBranch }: Of<"epicStarted">): string {
  return blocks([
    `Work on this epic has started on ${code(branch)}, from ${code(baseBranch)}. The supervisor reads the issue and plans its tasks; each becomes a sub-issue.`,
    "A comment here reaches the supervisor. `/ff status` shows where things stand, `/ff pause` and `/ff cancel` stop the work, `/ff help` lists the rest.",
  ]);
}

export function sayEpicRefused({ why, minimum }: Of<"epicRefused">): string {
  switch (why) {
    case "noPermission":
      return "This label starts work only when somebody with write permission sets it. Ask someone who has it to take the label off and put it on again.";
    case "thinDesign":
      return `This issue says too little to plan from: fewer than ${counted(minimum, "character")}. Describe what is to be built and how to tell that it is done, then take the label off and put it on again.`;
    default:
      return why satisfies never;
  }
}

export function sayEpicPaused({ reasonText }: Of<"epicPaused">): string {
  return blocks([
    `This epic is paused: ${neutraliseInline(reasonText)}`,
    // Who says why also says what to do, where it is not just that.
    reasonText.includes("/ff resume") ? "" : "`/ff resume` goes on once that is mended.",
  ]);
}

export function sayEpicReady({ landed, failed }: Of<"epicReady">): string {
  const rest = failed === 0 ? "" : `, ${counted(failed, "task")} did not`;
  return blocks([
    `The work on this epic is done: ${counted(landed, "task")} landed${rest}.`,
    "Please review the epic's pull request. Merging it completes the epic; closing it unmerged cancels the epic.",
  ]);
}

export function sayEpicEnded({ state, reasonText, summary }: Of<"epicEnded">): string {
  return blocks([ending(state, summary), quoted(reasonText), tasksOf(summary), afterwards(state)]);
}

function ending(state: Of<"epicEnded">["state"], summary: EpicSummary): string {
  const landed = summary.tasks.filter((task) => task.mergeSha !== null).length;
  const outcome = `${landed} of ${counted(summary.tasks.length, "task")} landed.`;
  switch (state) {
    case "COMPLETED":
      return `This epic is complete. ${outcome}`;
    case "FAILED":
      return `This epic has failed. ${outcome}`;
    case "CANCELLED":
      return `This epic is cancelled. ${outcome}`;
    default:
      return state satisfies never;
  }
}

function tasksOf({ tasks }: EpicSummary): string {
  const shown = tasks.slice(0, maxTasksShown).map((task) => {
    const issue = task.issueNumber === null ? "" : `${numbered(task.issueNumber)} `;
    const links = [
      ...(task.pullRequest === null ? [] : [`pull request ${numbered(task.pullRequest)}`]),
      ...(task.mergeSha === null ? [] : [`commit ${commit(task.mergeSha)}`]),
    ];
    const where = links.length === 0 ? "" : `, ${listed(links)}`;
    return `- ${issue}${neutraliseInline(task.titleText)}: ${code(task.state)}${where}`;
  });
  const more = tasks.length - shown.length;
  return [...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join("\n");
}

function afterwards(state: Of<"epicEnded">["state"]): string {
  return state === "COMPLETED"
    ? ""
    : "Nothing runs for it any more. To try again, correct the issue, take the label off and put it on again.";
}
