import { cancelEpic } from "../domain/decide-epic.ts";
import { reason } from "./arguments.ts";
import { decided } from "./decided.ts";
import { defineCommand } from "./define-command.ts";
import { epicThreads } from "./surfaces.ts";

export const cancel = defineCommand({
  name: "cancel",
  usage: "/ff cancel [reason]",
  summary: "Ends the epic: agents stop, open task pull requests and sub-issues close.",
  needs: "operator",
  where: epicThreads,
  examples: ["/ff cancel", "/ff cancel not needed any more"],
  args: reason,
  decide: (why, { view, actor }) => decided(cancelEpic(view, { by: actor, reason: why })),
});
