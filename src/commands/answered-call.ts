import type { Answered } from "../domain/decide-approval.ts";
import type { Thread } from "../domain/effect.ts";
import type { EpicView } from "../domain/epic-view.ts";
import { isRefusal, type Refusal } from "../domain/refusal.ts";
import type { CommandResult } from "./define-command.ts";

/** Without an id the plan comes first where it waits; a task's thread is not about the plan. */
export function planIsMeant(
  { epic }: EpicView,
  { id, thread }: { readonly id: string | null; readonly thread: Thread },
): boolean {
  return id === null && !("task" in thread) && epic.state === "NEEDS_PLAN_APPROVAL";
}

/** What became of an agent's call, named, because it may have been meant without its id. */
export function answeredCall(
  command: "approve" | "deny",
  answered: Answered | Refusal,
): CommandResult | Refusal {
  if (isRefusal(answered)) return answered;
  const { decision, approval, name } = answered;
  const { id, tool } = approval;
  const bodyText =
    command === "approve"
      ? `Approved ${id}: ${name} may run ${tool} once, with the arguments shown.`
      : `Denied ${id}: ${name} does not run ${tool}.`;
  return { decision, reply: { kind: "commandReply", command, bodyText, ok: true } };
}
