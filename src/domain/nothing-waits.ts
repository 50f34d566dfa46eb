import { type Actor, type Epic, epicHasEnded } from "./epic.ts";
import type { EpicView } from "./epic-view.ts";
import type { Refusal } from "./refusal.ts";

/** A person answered what nobody asked: they are told what the epic waits for, if for anything. */
export function nothingWaits({ epic }: EpicView, by: Actor): Refusal {
  const fact = `Nothing here waits for ${by.login}'s approval: the epic is ${epic.state}.`;
  const instead = whatInstead(epic);
  return { refused: "nothing-waits", detail: instead === "" ? fact : `${fact} ${instead}` };
}

/** An id that is no call's: what is there to be approved. */
export function noSuchApproval({ epic, approvals }: EpicView, id: string): Refusal {
  const calls = approvals.filter(({ state }) => state === "PENDING").map((one) => one.id);
  const plan = "The plan waits: approve or deny it without an id.";
  const which = [
    ...(epic.state === "NEEDS_PLAN_APPROVAL" ? [plan] : []),
    ...(calls.length === 0 ? [] : [`What waits: ${calls.join(", ")}.`]),
  ];
  const rest = which.length === 0 ? "No call waits." : which.join(" ");
  return { refused: "no-such-approval", detail: `No call of this epic is called ${id}. ${rest}` };
}

function whatInstead(epic: Epic): string {
  if (epicHasEnded(epic)) return "";
  if (epic.state === "PAUSED") return "`/ff resume` goes on.";
  if (epic.state === "NEEDS_ANSWER")
    return "Its supervisor waits for an answer: write it in a comment without a command.";
  if (epic.state === "AWAITING_HUMAN_REVIEW")
    return "To accept the work, merge its pull request on GitHub.";
  return "";
}
