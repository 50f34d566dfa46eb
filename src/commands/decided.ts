import type { Decision } from "../domain/epic-view.ts";
import { isRefusal, type Refusal } from "../domain/refusal.ts";
import type { CommandResult } from "./define-command.ts";

/** A decision without words of its own: the reaction and the status comment answer. */
export function decided(decision: Decision | Refusal): CommandResult | Refusal {
  return isRefusal(decision) ? decision : { decision, reply: null };
}
