import { approvePlan } from "../domain/decide-plan.ts";
import { noArgument } from "./arguments.ts";
import { decided } from "./decided.ts";
import { defineCommand } from "./define-command.ts";
import { epicThreads } from "./surfaces.ts";

export const approve = defineCommand({
  name: "approve",
  usage: "/ff approve",
  summary: "Approves the plan that waits, so that work on its tasks starts.",
  needs: "operator",
  where: epicThreads,
  examples: ["/ff approve"],
  args: noArgument,
  decide: (_, { view, actor }) => decided(approvePlan(view, { by: actor })),
});
