import type { z } from "zod";
import type { Thread } from "../domain/effect.ts";
import type { Actor } from "../domain/epic.ts";
import type { EpicStatus } from "../domain/epic-status.ts";
import type { Decision, EpicView } from "../domain/epic-view.ts";
import type { Message } from "../domain/message.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { ProfileRules } from "../domain/resolve-profile.ts";
import type { Permission } from "../ports/git-hub.ts";
import type { Needs } from "./authorize.ts";

/** Where a command can be written. */
export type Surface = Thread["on"];

export type CommandContext = {
  readonly view: EpicView;
  readonly status: EpicStatus;
  readonly actor: Actor;
  /** Live permission of `actor`. */
  readonly permission: Permission;
  /** Where it was written. */
  readonly thread: Thread;
  /** GitHub's id of the comment that holds it. */
  readonly commentId: number;
  /** What the operator of the product chose and allows for agents. */
  readonly profileRules: ProfileRules;
};

/** What a command wants stored, and what is said; without a reply the reaction is the answer. */
export type CommandResult = { readonly decision: Decision; readonly reply: Message | null };

type Declaration = {
  readonly name: string;
  /** As people type it: `/ff pause [reason]`. */
  readonly usage: string;
  /** One sentence, present tense. */
  readonly summary: string;
  readonly needs: Needs;
  /** A word at the end of its line with which it takes more. */
  readonly flag?: { readonly word: string; readonly needs: Needs };
  readonly where: readonly Surface[];
  readonly examples: readonly string[];
};

export type Command = Declaration & {
  /** Pure. A malformed argument is a refusal that names the usage. */
  readonly run: (argument: string, context: CommandContext) => CommandResult | Refusal;
};

/** Declares a slash command once: help, reference, permission check and parsing come from it. */
export function defineCommand<Args>({
  args,
  decide,
  ...declaration
}: Declaration & {
  /** Reads the rest of the line. Its messages are shown to people. */
  readonly args: z.ZodType<Args, string>;
  readonly decide: (args: Args, context: CommandContext) => CommandResult | Refusal;
}): Command {
  return {
    ...declaration,
    run: (argument, context) => {
      const parsed = args.safeParse(argument);
      if (parsed.success) return decide(parsed.data, context);
      const problem = parsed.error.issues.map((issue) => issue.message).join("; ");
      const { usage, examples } = declaration;
      const [example = usage] = examples;
      const asIn = example === usage ? "" : `, as in \`${example}\``;
      return { refused: "bad-argument", detail: `${problem}. Usage: \`${usage}\`${asIn}` };
    },
  };
}
