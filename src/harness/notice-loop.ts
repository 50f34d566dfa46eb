import type { MessageParam, ToolUseBlockParam } from "@anthropic-ai/sdk/resources/messages";
import { CUT_OFF, isRunnersWord, NO_ANSWER, runnersWord, UNUSABLE } from "./runner-words.ts";
import { callsOf, hasResults, textsOf } from "./turn-parts.ts";

// A model that goes in circles pays for every round. It is told once; when that does not help, its
// life ends with the reason. Decided by the conversation alone: any life would decide the same.

export type LoopLimits = {
  /** The same call, or the same two or three calls in turn, so often in a row. */
  readonly sameCallTimes: number;
  /** Answers in a row that call what no tool can take: no such tool, or an input that is none. */
  readonly wrongCallTimes: number;
  /** Answers in a row that say nothing or were cut off. */
  readonly emptyAnswerTimes: number;
};

export type Loop =
  | { readonly kind: "none" }
  /** The model is told this once. */
  | { readonly kind: "nudge"; readonly text: string }
  /** It was told before, or telling is all that was done: the life ends for this reason. */
  | { readonly kind: "end"; readonly reason: string };

const LONGEST_CIRCLE = 3;
const LONGEST_CALL = 120;
const NUDGE = runnersWord("You repeat yourself: ");

/**
 * Looks for circles at the end of a conversation.
 *
 * @param turns since the life began, an answer last; what was before the last mail does not count
 * @param tools the names there are
 */
export function noticeLoop(
  turns: readonly MessageParam[],
  tools: ReadonlySet<string>,
  limits: LoopLimits,
): Loop {
  const since = turns.slice(turns.findLastIndex(isMail) + 1);
  const answers = since.filter(({ role }) => role === "assistant");
  const nonsense = emptyAnswers(answers, limits);
  if (nonsense !== null) return { kind: "end", reason: nonsense };
  const circle = wrongCalls(answers, tools, limits) ?? sameCalls(answers, limits);
  if (circle === null) return { kind: "none" };
  if (since.some(wasNudged)) return { kind: "end", reason: circle };
  return { kind: "nudge", text: nudge(circle) };
}

/** News from outside: neither results of tools nor the runner's own words. */
function isMail(turn: MessageParam): boolean {
  return turn.role === "user" && !hasResults(turn) && !textsOf(turn).every(isRunnersWord);
}

function wasNudged(turn: MessageParam): boolean {
  return turn.role === "user" && textsOf(turn).some((text) => text.startsWith(NUDGE));
}

function nudge(circle: string): string {
  return `${NUDGE}${circle}. It will not turn out differently. Do something else; if you cannot go on, ask or say so with the tools you have; if you wait for something, end your turn: news wakes you. If this goes on, your life is ended.`;
}

function emptyAnswers(answers: readonly MessageParam[], limits: LoopLimits): string | null {
  const times = trailing(answers, (answer) => {
    const text = callsOf(answer).length === 0 ? textsOf(answer).at(-1) : null;
    return text === NO_ANSWER || text === CUT_OFF;
  });
  if (times < limits.emptyAnswerTimes) return null;
  return `its answers were empty or cut off ${times} times in a row`;
}

function wrongCalls(
  answers: readonly MessageParam[],
  tools: ReadonlySet<string>,
  limits: LoopLimits,
): string | null {
  const isWrong = (call: ToolUseBlockParam): boolean =>
    !tools.has(call.name) || unusableInput(call.input) !== null;
  const times = trailing(answers, (answer) => callsOf(answer).some(isWrong));
  if (times < limits.wrongCallTimes) return null;
  const names = answers.slice(-times).flatMap(callsOf).filter(isWrong);
  const shown = [...new Set(names.map(({ name }) => name))].slice(0, LONGEST_CIRCLE).join(", ");
  return `${times} answers in a row called what no tool can take (${shown})`;
}

/** Why a call's input cannot be used; null when it can. */
export function unusableInput(input: unknown): string | null {
  if (typeof input !== "object" || input === null || !(UNUSABLE in input)) return null;
  return String(input[UNUSABLE]);
}

function sameCalls(answers: readonly MessageParam[], limits: LoopLimits): string | null {
  const calls = answers.flatMap(callsOf).map(nameCall);
  for (let length = 1; length <= LONGEST_CIRCLE; length += 1) {
    const times = timesRepeated(calls, length);
    if (times < limits.sameCallTimes) continue;
    const circle = calls.slice(-length).map(shorten).join(", ");
    return `${length === 1 ? "the same call" : "the same calls"} ${times} times in a row: ${circle}`;
  }
  return null;
}

/** How often the last so many entries stand one after the other at the end. */
function timesRepeated(entries: readonly string[], length: number): number {
  const isSame = (back: number): boolean =>
    entries.at(-1 - back) === entries.at(-1 - (back % length));
  let same = 0;
  while (same < entries.length && isSame(same)) same += 1;
  return Math.floor(same / length);
}

function nameCall({ name, input }: ToolUseBlockParam): string {
  return `${name} ${JSON.stringify(sorted(input))}`;
}

function shorten(call: string): string {
  return call.length <= LONGEST_CALL ? call : `${call.slice(0, LONGEST_CALL)}…`;
}

/** The same object, whatever the order of its keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}

function trailing<Entry>(entries: readonly Entry[], holds: (entry: Entry) => boolean): number {
  const last = entries.findLastIndex((entry) => !holds(entry));
  return entries.length - 1 - last;
}
