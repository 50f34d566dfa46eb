import { noArgument } from "./arguments.ts";
import { defineCommand } from "./define-command.ts";
import { everyThread } from "./surfaces.ts";

export const status = defineCommand({
  name: "status",
  usage: "/ff status",
  summary: "Shows the epic's state, tasks, agents and what waits for you.",
  needs: "viewer",
  where: everyThread,
  examples: ["/ff status"],
  args: noArgument,
  decide: (_, context) => ({
    decision: {},
    reply: { kind: "statusReply", status: context.status },
  }),
});
