import type { Message } from "../domain/message.ts";
import { neutralise } from "./neutralise.ts";
import { blocks, code, maxQuoteLength } from "./parts.ts";

type Of<Kind extends Message["kind"]> = Extract<Message, { kind: Kind }>;

export function sayCommandReply({ command, bodyText, ok }: Of<"commandReply">): string {
  return blocks([
    `${code(`/ff ${command}`)}${ok ? "" : " was not done"}:`,
    neutralise(bodyText, { maxLength: maxQuoteLength }),
  ]);
}

export function sayHelp({ commands }: Of<"helpReply">): string {
  return blocks([
    "Commands stand at the start of a line, several in a comment if you like:",
    commands.map(({ usage, summary }) => `- ${code(usage)}: ${neutralise(summary)}`).join("\n"),
  ]);
}
