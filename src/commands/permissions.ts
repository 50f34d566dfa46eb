import { defineProfileCommand } from "./define-profile-command.ts";

export const permissions = defineProfileCommand("permissions", {
  usage: "/ff permissions <role> <mode or default> [#task or task N or --repository]",
  summary:
    "Sets whether a role's agents wait for your approval of sensitive calls (strict) or not (relaxed, yolo).",
  examples: ["/ff permissions supervisor strict", "/ff permissions worker default"],
});
