import { randomUUID } from "node:crypto";
import type { MessageParam } from "@anthropic-ai/sdk/resources/messages";
import type { SessionNote } from "../factory-api.ts";
import { promptMessages, recentSeq, type Transcript } from "../transcript.ts";
import { hasResults } from "../turn-parts.ts";

// Claude Code goes on from a file with one line per message. It is written from the turns that the
// product has stored: they alone are the truth, whichever harness wrote them. Between them stand
// the notes that Claude Code itself had put there, so that the provider's cache knows the prompt.

/** What of the file is the same in every line. */
export type SessionFacts = {
  readonly sessionId: string;
  readonly cwd: string;
  readonly version: string;
  readonly model: string;
};

/** A conversation as it is handed to Claude Code. */
export type Handover = {
  /** What it finds in its file. */
  readonly session: readonly MessageParam[];
  /** What it is then told; null: the results of tools stand last, and it only has to go on. */
  readonly prompt: MessageParam["content"] | null;
  /** The turn that a message of the session is. */
  readonly seqOf: (index: number) => number;
};

export function handOver(transcript: Transcript): Handover {
  const messages = promptMessages(transcript);
  const first = recentSeq(transcript);
  const seqOf = (index: number): number => (index === 0 ? 0 : first + index - 1);
  const last = messages.at(-1);
  const isTold = last?.role === "user" && !hasResults(last);
  return {
    session: isTold ? messages.slice(0, -1) : messages,
    prompt: isTold ? last.content : null,
    seqOf,
  };
}

/** The file's text; empty for no messages. */
export function sessionLines(
  { session, seqOf }: Pick<Handover, "session" | "seqOf">,
  notes: readonly SessionNote[],
  facts: SessionFacts,
): string {
  const { model, ...rest } = facts;
  const entries = session.flatMap((message, index) => [
    {
      ...{ isSidechain: false, userType: "external", ...rest, type: message.role },
      message: message.role === "assistant" ? answerOf(message, model, index) : message,
    },
    ...notes.filter(({ afterSeq }) => afterSeq === seqOf(index)).map(({ note }) => note),
  ]);
  let parentUuid: string | null = null;
  const lines = entries.map((entry) => {
    const uuid = randomUUID();
    const place = { parentUuid, uuid, sessionId: facts.sessionId };
    parentUuid = uuid;
    return `${JSON.stringify({ ...entry, ...place, timestamp: new Date().toISOString() })}\n`;
  });
  return lines.join("");
}

/** As the provider answered, so far as Claude Code reads it again. */
function answerOf(message: MessageParam, model: string, index: number): object {
  const { content } = message;
  return {
    ...{ id: `msg_kept_${index}`, type: "message", role: "assistant", model },
    content: typeof content === "string" ? [{ type: "text", text: content }] : content,
    ...{ stop_reason: "end_turn", stop_sequence: null },
    usage: { input_tokens: 0, output_tokens: 0 },
  };
}

/** The folder below `.claude/projects` in which Claude Code looks for the sessions of a folder. */
export function projectFolderName(cwd: string): string {
  return cwd.replace(/[^a-zA-Z0-9]/g, "-");
}
