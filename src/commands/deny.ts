import { isApprovalId } from "../domain/approval.ts";
import { denyCall } from "../domain/decide-approval.ts";
import { denyPlan } from "../domain/decide-plan.ts";
import { answeredCall, planIsMeant } from "./answered-call.ts";
import { reason } from "./arguments.ts";
import { decided } from "./decided.ts";
import { defineCommand } from "./define-command.ts";
import { everyThread } from "./surfaces.ts";

export const deny = defineCommand({
  name: "deny",
  usage: "/ff deny [id] [reason]",
  summary:
    "Sends the plan that waits back, or refuses an agent's call by its id, with your reason.",
  needs: "operator",
  where: everyThread,
  examples: ["/ff deny split the second task", "/ff deny b7k2 the task is still wanted"],
  args: reason,
  decide: (words, { view, actor: by, thread, commentId }) => {
    const [first = "", ...rest] = words.split(/\s+/);
    const id = isApprovalId(first.toLowerCase()) ? first.toLowerCase() : null;
    if (planIsMeant(view, { id, thread }))
      return decided(denyPlan(view, { by, reason: words, commentId }));
    const why = id === null ? words : rest.join(" ");
    return answeredCall("deny", denyCall(view, { by, id, thread, commentId, reason: why }));
  },
});
