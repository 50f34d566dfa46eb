import type { Message } from "../domain/message.ts";
import { defuseCodeLines } from "./defuse-words.ts";
import { stripInvisible } from "./invisible.ts";
import { fencedCode } from "./markdown.ts";
import { blocks, code, counted } from "./parts.ts";

type Of<Kind extends Message["kind"]> = Extract<Message, { kind: Kind }>;

// More than any sensitive tool takes today, so that people see what they decide on whole.
const maxArgumentsLength = 12_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;

/** Everything a person needs to decide: who asks, for what, with which arguments, and how to answer. */
export function sayApprovalWanted(message: Of<"approvalWanted">): string {
  const { id, agent, tool, limitMs } = message;
  return blocks([
    `${code(agent)} asks to run ${code(tool)} with:`,
    argumentsOf(message),
    `\`/ff approve ${id}\` lets it run, once. \`/ff deny ${id} <reason>\` refuses it and tells the agent why. Without an answer within ${limitOf(limitMs)} it does not run. Nothing else waits for it.`,
  ]);
}

function argumentsOf({ argumentsText }: Of<"approvalWanted">): string {
  const seen = stripInvisible(argumentsText);
  const shown = seen.slice(0, maxArgumentsLength).toWellFormed();
  const block = fencedCode(defuseCodeLines(shown), "json");
  const rest = seen.length - shown.length;
  if (rest <= 0) return block;
  return `${block}\n\n${counted(rest, "more character")} of the arguments are not shown. Deny it if you need to see them all.`;
}

function limitOf(limitMs: number): string {
  if (limitMs >= hourMs) return counted(Math.round(limitMs / hourMs), "hour");
  if (limitMs >= minuteMs) return counted(Math.round(limitMs / minuteMs), "minute");
  return counted(Math.max(1, Math.round(limitMs / 1_000)), "second");
}
