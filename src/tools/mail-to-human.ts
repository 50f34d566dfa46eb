import type { Thread } from "../domain/effect.ts";
import type { ToolCall, ToolOutcome } from "./define-tool.ts";

/** An agent's mail to people is a comment on the thread it concerns (H3). */
export function mailToHuman(
  { name }: ToolCall,
  thread: Thread,
  mail: { readonly subject: string; readonly body: string },
): ToolOutcome {
  const message = {
    kind: "mailToHuman",
    agent: name,
    subjectText: mail.subject,
    bodyText: mail.body,
  } as const;
  return {
    kind: "decided",
    decision: { effects: [{ kind: "say", thread, message }] },
    reply: { sent: true, to: "human", next: "An answer comes as mail; end your turn to wait." },
  };
}
