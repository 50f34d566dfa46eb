import { denyPlan } from "../domain/decide-plan.ts";
import { reason } from "./arguments.ts";
import { decided } from "./decided.ts";
import { defineCommand } from "./define-command.ts";
import { epicThreads } from "./surfaces.ts";

export const deny = defineCommand({
  name: "deny",
  usage: "/ff deny [reason]",
  summary: "Sends the plan that waits back to the supervisor, with your reason.",
  needs: "operator",
  where: epicThreads,
  examples: ["/ff deny split the second task"],
  args: reason,
  decide: (why, { view, actor }) => decided(denyPlan(view, { by: actor, reason: why })),
});
