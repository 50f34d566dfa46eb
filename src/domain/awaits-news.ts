import type { AgentKey } from "./agent.ts";
import type { EpicView } from "./epic-view.ts";

/** True while an agent that rests will have another turn: mail is unread, or a person decides on a call. */
export function awaitsNews({ unreadMail, approvals }: EpicView, key: AgentKey): boolean {
  return (
    unreadMail.some((mail) => mail.to === key) ||
    approvals.some(({ agent, state }) => agent === key && state === "PENDING")
  );
}
