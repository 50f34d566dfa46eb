import type { AgentKey } from "./agent.ts";
import type { EpicView } from "./epic-view.ts";
import type { Mail, NewMail } from "./mail.ts";

const subject = "Health check";

/** Asks an agent that shows no progress; it is ended and started again when it stays so (R1). */
export function healthMail(to: AgentKey, silentForMs: number, leftMs: number): NewMail {
  const seconds = (ms: number) => Math.round(ms / 1_000);
  return {
    to,
    from: { kind: "product" },
    subject,
    body: `You have shown no progress for ${seconds(silentForMs)} seconds: no turn, no tool call, no model request. Go on with your work. Without progress in ${seconds(leftMs)} seconds you are started again.`,
  };
}

/** Whether a mail is such a question of ours: taking it is no new work. */
export function isHealthMail(mail: Mail): boolean {
  return mail.from.kind === "product" && mail.subject === subject;
}

/** Ids of an agent's unread health-check mail, which concerns only the life that was asked. */
export function healthMailOf(view: EpicView, key: AgentKey): readonly number[] {
  return view.unreadMail
    .filter((mail) => mail.to === key && isHealthMail(mail))
    .map(({ id }) => id);
}
