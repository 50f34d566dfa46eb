import type { Message } from "../domain/message.ts";
import { atAttempt, blocks, code, commit, folded, listed, numbered, quoted } from "./parts.ts";

type Of<Kind extends Message["kind"]> = Extract<Message, { kind: Kind }>;

const maxFilesShown = 20;

export function sayTaskProgress({ agent, doneText }: Of<"taskProgress">): string {
  return blocks([`${code(agent)} reports:`, quoted(doneText)]);
}

export function sayTaskSubmitted({ pullRequest, sha }: Of<"taskSubmitted">): string {
  return `The worker submitted ${numbered(pullRequest)} at ${commit(sha)}. The supervisor reviews it next.`;
}

export function sayReviewVerdict(message: Of<"reviewVerdict">): string {
  return blocks([verdict(message), quoted(message.remarksText)]);
}

function verdict({ verdict, agent, sha }: Of<"reviewVerdict">): string {
  switch (verdict) {
    case "approved":
      return `${code(agent)} approved ${commit(sha)}. It lands when its turn in the merge queue comes and the verify command passes.`;
    case "changesRequested":
      return `${code(agent)} asks for changes to ${commit(sha)}. The worker makes them and submits again.`;
    case "rejected":
      return `${code(agent)} rejected ${commit(sha)}. It will not land.`;
    default:
      return verdict satisfies never;
  }
}

export function saySentBack({ cause, files, outputText }: Of<"sentBack">): string {
  return blocks([back(cause, files), folded("Output", outputText)]);
}

function back(cause: Of<"sentBack">["cause"], files: readonly string[]): string {
  switch (cause) {
    case "conflict":
      return `This conflicts with what has landed on the epic branch${inFiles(files)}. The worker resolves it and submits again.`;
    case "verifyFailed":
      return "Merged with the epic branch, this does not pass the verify command. The worker mends it and submits again.";
    default:
      return cause satisfies never;
  }
}

function inFiles(files: readonly string[]): string {
  if (files.length === 0) return "";
  const shown = files.slice(0, maxFilesShown).map(code);
  const more = files.length - shown.length;
  return `, in ${listed(more > 0 ? [...shown, `${more} more`] : shown)}`;
}

export function sayTaskLanded({ mergeSha, branch }: Of<"taskLanded">): string {
  return `Landed on ${code(branch)} as ${commit(mergeSha)}.`;
}

export function sayClosedAsLanded({ mergeSha, branch }: Of<"closedAsLanded">): string {
  return `This landed on ${code(branch)} as ${commit(mergeSha)}, but GitHub did not mark it merged. It is closed by hand; nothing is missing.`;
}

export function sayTaskEnded({ state, reasonText, attempt }: Of<"taskEnded">): string {
  return blocks([ended(state, atAttempt(attempt)), quoted(reasonText)]);
}

function ended(state: Of<"taskEnded">["state"], when: string): string {
  switch (state) {
    case "FAILED":
      return `This task has failed${when}. The supervisor decides how the epic goes on; a comment on the epic's issue reaches it.`;
    case "CANCELLED":
      return "This task is cancelled.";
    default:
      return state satisfies never;
  }
}
