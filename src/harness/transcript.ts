import type { MessageParam } from "@anthropic-ai/sdk/resources/messages";
import { runnersWord } from "./runner-words.ts";

// A conversation as a life has it in hand. What was compacted is stored, but not here any more.

export type Compaction = {
  /** The first turn that is kept whole; those before it, but for the very first, are summarised. */
  readonly fromSeq: number;
  readonly summary: string;
};

export type Transcript = {
  readonly first: MessageParam;
  readonly compaction: Compaction | null;
  /** Whole turns, the model's first: after the first one of all, or from `compaction.fromSeq` on. */
  readonly recent: readonly MessageParam[];
};

const AFTER_FIRST = 1;

/** The number of the first turn in `recent`. */
export function recentSeq({ compaction }: Transcript): number {
  return compaction?.fromSeq ?? AFTER_FIRST;
}

/** The number the next turn will have. */
export function nextSeq(transcript: Transcript): number {
  return recentSeq(transcript) + transcript.recent.length;
}

export function newestTurn({ first, recent }: Transcript): MessageParam {
  return recent.at(-1) ?? first;
}

/** What the model is shown: the same beginning, byte for byte, until the next compaction. */
export function promptMessages(transcript: Transcript): readonly MessageParam[] {
  return [opening(transcript), ...transcript.recent];
}

/** The first message, with the summary of what followed it where there is one. */
export function opening({ first, compaction }: Transcript): MessageParam {
  if (compaction === null) return first;
  const summary = runnersWord(
    `The turns after this message were left out to make room. Your own summary of them:\n\n${compaction.summary}`,
  );
  const { content } = first;
  const blocks = typeof content === "string" ? [{ type: "text" as const, text: content }] : content;
  return { role: "user", content: [...blocks, { type: "text", text: summary }] };
}
