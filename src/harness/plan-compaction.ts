import type { MessageParam } from "@anthropic-ai/sdk/resources/messages";
import { estimateTokens } from "./estimate-tokens.ts";
import { opening, recentSeq, type Transcript } from "./transcript.ts";

export type CompactionPlan = {
  /** The first turn that stays. */
  readonly fromSeq: number;
  /** What is summarised: the opening and the turns up to there; ends with the user's. */
  readonly older: readonly MessageParam[];
};

/**
 * Which turns to keep whole: as many of the newest as fit, and always whole pairs of calls and
 * results, as what is kept begins with an answer of the model. The last pair is kept even where
 * it is larger, up to `mostTokens`.
 *
 * @param budget in tokens, as estimated
 * @returns null when nothing is left to leave out
 */
export function planCompaction(
  transcript: Transcript,
  budget: { readonly keepTokens: number; readonly mostTokens: number },
): CompactionPlan | null {
  const { recent } = transcript;
  const at = keptFrom(recent, budget);
  if (at === 0) return null;
  return {
    fromSeq: recentSeq(transcript) + at,
    older: [opening(transcript), ...recent.slice(0, at)],
  };
}

function keptFrom(
  recent: readonly MessageParam[],
  { keepTokens, mostTokens }: { readonly keepTokens: number; readonly mostTokens: number },
): number {
  let from = recent.length;
  let tokens = 0;
  for (let at = recent.length - 1; at >= 0; at -= 1) {
    tokens += estimateTokens(recent[at]);
    if (recent[at]?.role !== "assistant") continue;
    const isLastPair = from === recent.length;
    if (tokens > (isLastPair ? Math.max(keepTokens, mostTokens) : keepTokens)) break;
    from = at;
  }
  return from;
}

/**
 * The same beginning and the newest of the rest that fit, for a question that must not be too
 * long itself. Ends with the user's turn, as it did.
 */
export function newestThatFit(
  messages: readonly MessageParam[],
  mostTokens: number,
): readonly MessageParam[] {
  const [first, ...rest] = messages;
  if (first === undefined) return messages;
  let from = rest.length;
  let tokens = estimateTokens(first);
  for (let at = rest.length - 1; at >= 0; at -= 1) {
    tokens += estimateTokens(rest[at]);
    if (tokens > mostTokens) break;
    if (rest[at]?.role === "assistant") from = at;
  }
  return [first, ...rest.slice(from)];
}
