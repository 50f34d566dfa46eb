import { defineProfileCommand } from "./define-profile-command.ts";

export const harness = defineProfileCommand("harness", {
  usage: "/ff harness <role> <harness or default> [#task or task N or --repository]",
  summary: "Sets the program that lives a role's lives: runner or claude-code.",
  examples: ["/ff harness worker runner", "/ff harness supervisor default"],
});
