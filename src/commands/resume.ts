import { resumeEpic } from "../domain/decide-epic.ts";
import { noArgument } from "./arguments.ts";
import { decided } from "./decided.ts";
import { defineCommand } from "./define-command.ts";
import { epicThreads } from "./surfaces.ts";

export const resume = defineCommand({
  name: "resume",
  usage: "/ff resume",
  summary: "Goes on with a paused epic where it stopped.",
  needs: "operator",
  where: epicThreads,
  examples: ["/ff resume"],
  args: noArgument,
  decide: (_, { view, actor }) => decided(resumeEpic(view, { by: actor })),
});
