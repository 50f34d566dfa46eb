import { randomUUID } from "node:crypto";
import type { MessageParam } from "@anthropic-ai/sdk/resources/messages";
import { hasResults } from "../turn-parts.ts";

// Claude Code goes on from a file with one line per message. It is written from the turns that the
// product has stored: they alone are the truth, whichever harness wrote them.

/** What of the file is the same in every line. */
export type SessionFacts = {
  readonly sessionId: string;
  readonly cwd: string;
  readonly version: string;
  readonly model: string;
};

export type Prompt = MessageParam["content"];

/**
 * Splits a conversation into what Claude Code finds in its file and what it is then told.
 *
 * @returns `prompt` null: the results of tools stand last, and it only has to go on
 */
export function splitPrompt(messages: readonly MessageParam[]): {
  readonly session: readonly MessageParam[];
  readonly prompt: Prompt | null;
} {
  const last = messages.at(-1);
  if (last === undefined || last.role !== "user" || hasResults(last))
    return { session: messages, prompt: null };
  return { session: messages.slice(0, -1), prompt: last.content };
}

/** The file's text; empty for no messages. */
export function sessionLines(messages: readonly MessageParam[], facts: SessionFacts): string {
  const { model, ...rest } = facts;
  let parentUuid: string | null = null;
  const lines = messages.map((message, index) => {
    const uuid = randomUUID();
    const line = {
      ...{ parentUuid, isSidechain: false, userType: "external", ...rest },
      type: message.role,
      message: message.role === "assistant" ? answerOf(message, model, index) : message,
      uuid,
      timestamp: new Date().toISOString(),
    };
    parentUuid = uuid;
    return `${JSON.stringify(line)}\n`;
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
