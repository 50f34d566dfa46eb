import { noArgument } from "./arguments.ts";
import { defineCommand } from "./define-command.ts";
import { everyThread } from "./surfaces.ts";

export const stats = defineCommand({
  name: "stats",
  usage: "/ff stats",
  summary: "Shows what the epic's model calls cost, by agent and model, and its budgets.",
  needs: "viewer",
  where: everyThread,
  examples: ["/ff stats"],
  args: noArgument,
  decide: (_, { status }) => ({
    decision: {},
    reply: { kind: "statsReply", spending: status.spending },
  }),
});
