// Builders of requests, as a client would send them.
import { composeReply, type Reply } from "../../../src/local/model/compose-reply.ts";
import {
  type MessageRequest,
  messageRequestSchema,
} from "../../../src/local/model/message-request.ts";
import { validateScript } from "../../../src/local/model/parse-script.ts";
import type { Script } from "../../../src/local/model/script-schema.ts";

export type Message = { readonly role: "user" | "assistant" | "system"; readonly content: unknown };

/** What a client says next: mail as text, or the results of the calls it was asked for. */
export type Say =
  | string
  | { readonly results: readonly unknown[]; readonly isError?: boolean; readonly mail?: string };

/** A script whose worker has these turns. */
export function workerScript(turns: readonly unknown[], rest: object = {}): Script {
  return validateScript({ roles: { worker: { turns } }, ...rest });
}

/** A checked request of the worker role that offers these tools. */
export function requestOf(
  messages: readonly Message[],
  tools: readonly string[] = [],
): MessageRequest {
  return messageRequestSchema.parse({
    model: "claude-test",
    max_tokens: 1_000,
    system: "# Role: worker\nYou work.",
    messages,
    tools: tools.map((name) => ({ name, input_schema: { type: "object" } })),
  });
}

/** Plays a conversation to its end: every reply the script gives to what is said in turn. */
export function play(
  script: Script,
  says: readonly Say[],
  tools: readonly string[] = [],
): { readonly replies: readonly Reply[]; readonly messages: readonly Message[] } {
  const messages: Message[] = [];
  const replies: Reply[] = [];
  for (const say of says) {
    messages.push({ role: "user", content: contentOf(say, replies.at(-1)) });
    const reply = composeReply(script, requestOf(messages, tools));
    replies.push(reply);
    messages.push({ role: "assistant", content: reply.content });
  }
  return { replies, messages };
}

/** The texts of replies, calls as `tool(input)`. */
export function shown(replies: readonly Reply[]): readonly string[] {
  return replies.map(({ content }) =>
    content
      .map((block) => {
        if (block.type === "text") return block.text;
        if (block.type === "thinking") return `<${block.thinking}>`;
        return `${block.name}(${JSON.stringify(block.input)})`;
      })
      .join(" "),
  );
}

function contentOf(say: Say, last: Reply | undefined): unknown {
  if (typeof say === "string") return say;
  const calls = (last?.content ?? []).filter((block) => block.type === "tool_use");
  const results = calls.map(({ id }, at) => ({
    type: "tool_result",
    tool_use_id: id,
    content: asText(say.results[at]),
    is_error: say.isError ?? false,
  }));
  return say.mail === undefined ? results : [...results, { type: "text", text: say.mail }];
}

function asText(result: unknown): string {
  return typeof result === "string" ? result : JSON.stringify(result);
}
