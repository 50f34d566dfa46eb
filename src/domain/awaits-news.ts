import type { AgentKey } from "./agent.ts";
import type { EpicView } from "./epic-view.ts";
import { openQuestion } from "./question.ts";

/**
 * True while an agent that rests will have another turn: mail is unread, a person decides on a call,
 * or the orchestrator on what becomes of the epic's work.
 */
export function awaitsNews(view: EpicView, key: AgentKey): boolean {
  const { unreadMail, approvals } = view;
  return (
    (key === "supervisor" && openQuestion(view) !== null) ||
    unreadMail.some((mail) => mail.to === key) ||
    approvals.some(({ agent, state }) => agent === key && state === "PENDING")
  );
}
