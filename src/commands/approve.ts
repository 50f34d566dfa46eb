import { z } from "zod";
import { isApprovalId } from "../domain/approval.ts";
import { approveCall } from "../domain/decide-approval.ts";
import { approvePlan } from "../domain/decide-plan.ts";
import { answeredCall, planIsMeant } from "./answered-call.ts";
import { decided } from "./decided.ts";
import { defineCommand } from "./define-command.ts";
import { everyThread } from "./surfaces.ts";

export const approve = defineCommand({
  name: "approve",
  usage: "/ff approve [id]",
  summary: "Approves the plan that waits, or an agent's call by its id, so that it may run.",
  needs: "operator",
  where: everyThread,
  examples: ["/ff approve", "/ff approve b7k2"],
  args: z
    .string()
    .toLowerCase()
    .refine(
      (word) => word === "" || isApprovalId(word),
      "What follows is the id of a call that waits, as in b7k2",
    ),
  decide: (word, { view, actor: by, thread, commentId }) => {
    const id = word === "" ? null : word;
    if (planIsMeant(view, { id, thread })) return decided(approvePlan(view, { by, commentId }));
    return answeredCall("approve", approveCall(view, { by, id, thread, commentId }));
  },
});
