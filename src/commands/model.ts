import { defineProfileCommand } from "./define-profile-command.ts";

export const model = defineProfileCommand("model", {
  usage: "/ff model <role> <model or default> [#task or task N or --repository]",
  summary: "Sets the model of a role's agents, for the epic, a task or the repository.",
  examples: [
    "/ff model worker opus",
    "/ff model worker haiku task 3",
    "/ff model supervisor default",
  ],
});
