import { readFile } from "node:fs/promises";
import { type FactoryApi, judgeApiError } from "../factory-api.ts";
import { EXIT, RunnerEnd } from "../runner-end.ts";
import { throughWeather } from "../weather.ts";
import type { Handover } from "./session-lines.ts";

// Claude Code tells the model where it is, what day it is and the like, in notes between the turns
// that only its own file has. They are kept with the product as the file grows.

export type NoteKeeper = {
  /** Resolves once every note is kept that is in the file now. */
  readonly keep: () => Promise<void>;
};

type Around = Parameters<typeof throughWeather>[3] & { readonly api: FactoryApi };

/**
 * @param file of the session; it may not be there yet
 * @param begun how many bytes of it we wrote ourselves, and what they are
 */
export function createNoteKeeper(
  file: string,
  begun: { readonly bytes: number } & Pick<Handover, "session" | "seqOf">,
  around: Around,
): NoteKeeper {
  const { session, seqOf } = begun;
  let read = begun.bytes;
  let index = session.length - 1;
  let role: unknown = session.at(-1)?.role ?? null;
  let place = 0;
  let isRefused = false;
  let chain: Promise<void> = Promise.resolve();

  const keepOne = async (note: object): Promise<void> => {
    const kept = { afterSeq: seqOf(Math.max(index, 0)), note, place };
    place += 1;
    try {
      const ask = (): Promise<void> => around.api.keepNote(kept);
      await throughWeather("keeping a note", ask, judgeApiError, around);
    } catch (error) {
      // The conversation goes on without it, at the price of a cache that does not know it.
      if (!(error instanceof RunnerEnd) || error.exitCode !== EXIT.refused) throw error;
      around.pane.warning(error.message);
      isRefused = true;
    }
  };
  const keepNew = async (): Promise<void> => {
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    const end = bytes.lastIndexOf("\n") + 1;
    const fresh = bytes.subarray(read, end).toString("utf8");
    read = Math.max(read, end);
    for (const line of fresh.split("\n").flatMap(parse)) {
      if (line["type"] === "user" || line["type"] === "assistant") {
        // Several lines of one side are one turn.
        if (line["type"] !== role) index += 1;
        role = line["type"];
      } else if (line["type"] === "attachment" && "rendered" in line && !isRefused)
        await keepOne(withoutPlace(line));
    }
  };
  return {
    keep: () => {
      chain = chain.then(keepNew);
      return chain;
    },
  };
}

function parse(line: string): readonly Readonly<Record<string, unknown>>[] {
  if (line === "") return [];
  // The cast: lines of the program's own making; whatever they hold is looked up by name.
  return [JSON.parse(line) as Record<string, unknown>];
}

/** What is of this file only is given anew where it is written back. */
function withoutPlace(line: Readonly<Record<string, unknown>>): object {
  const { uuid: _, parentUuid: __, sessionId: ___, timestamp: ____, ...note } = line;
  return note;
}
