import type { MessageParam } from "@anthropic-ai/sdk/resources/messages";
import { judgeApiError, type LifeStart } from "./factory-api.ts";
import type { Surroundings } from "./surroundings.ts";
import { type Compaction, nextSeq, recentSeq, type Transcript } from "./transcript.ts";
import { throughWeather } from "./weather.ts";

/** The conversation of a life: what is added to it is stored before anything follows from it. */
export type Talk = {
  readonly transcript: () => Transcript;
  /** The turns since this life began, as far as they were not left out since. */
  readonly sinceBirth: () => readonly MessageParam[];
  readonly add: (turn: MessageParam) => Promise<void>;
  /** Leaves turns out for a summary of them, which is stored first. */
  readonly compact: (
    compaction: Compaction,
    tokens: { readonly tokensBefore: number; readonly tokensAfter: number },
  ) => Promise<void>;
  /** Takes over what the product has stored meanwhile. */
  readonly takeOver: (start: LifeStart) => void;
};

/** Goes on from wherever the conversation was stored. */
export function createTalk(
  start: LifeStart,
  around: Pick<Surroundings, "api" | "pane" | "patience">,
): Talk {
  let transcript = transcriptOf(start);
  const bornAt = start.nextSeq;
  return {
    transcript: () => transcript,
    sinceBirth: () => transcript.recent.slice(Math.max(0, bornAt - recentSeq(transcript))),
    add: async (turn) => {
      const store = (): Promise<void> => around.api.storeTurn(nextSeq(transcript), turn);
      await throughWeather("storing a turn", store, judgeApiError, around);
      transcript = { ...transcript, recent: [...transcript.recent, turn] };
    },
    compact: async (compaction, tokens) => {
      const store = (): Promise<void> => around.api.storeCompaction({ ...compaction, ...tokens });
      await throughWeather("storing a summary", store, judgeApiError, around);
      transcript = compacted(transcript, compaction);
    },
    takeOver: (stored) => {
      transcript = transcriptOf(stored);
    },
  };
}

/** The transcript without the turns before `fromSeq`, for which the summary stands. */
export function compacted(transcript: Transcript, compaction: Compaction): Transcript {
  const left = compaction.fromSeq - recentSeq(transcript);
  return { ...transcript, compaction, recent: transcript.recent.slice(left) };
}

function transcriptOf({ messages, compaction }: LifeStart): Transcript {
  const [first, ...recent] = messages;
  if (first === undefined) throw new Error("a conversation has no first message");
  return { first, compaction, recent };
}
