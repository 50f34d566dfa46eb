import { pauseEpic } from "../domain/decide-epic.ts";
import { reason } from "./arguments.ts";
import { decided } from "./decided.ts";
import { defineCommand } from "./define-command.ts";
import { epicThreads } from "./surfaces.ts";

export const pause = defineCommand({
  name: "pause",
  usage: "/ff pause [reason]",
  summary: "Stops the epic's agents until `/ff resume`; nothing is lost.",
  needs: "operator",
  where: epicThreads,
  examples: ["/ff pause", "/ff pause the design is changing"],
  args: reason,
  decide: (why, { view, actor }) => decided(pauseEpic(view, { by: actor, reason: why })),
});
