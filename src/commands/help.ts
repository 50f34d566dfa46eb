import { noArgument } from "./arguments.ts";
import { type Command, defineCommand } from "./define-command.ts";
import { everyThread } from "./surfaces.ts";

/** The command that lists `commands`, and itself. */
export function helpFor(commands: readonly Command[]): Command {
  const help: Command = defineCommand({
    name: "help",
    usage: "/ff help",
    summary: "Lists the commands.",
    needs: "viewer",
    where: everyThread,
    examples: ["/ff help"],
    args: noArgument,
    decide: () => ({
      decision: {},
      reply: {
        kind: "helpReply",
        commands: [help, ...commands].map(({ usage, summary }) => ({ usage, summary })),
      },
    }),
  });
  return help;
}
