// From a written command to what happens: who may, where, and what is said. Decides, stores nothing.
import type { Decision } from "../domain/epic-view.ts";
import type { CommandReply, Message } from "../domain/message.ts";
import { nearestName } from "../domain/nearest-name.ts";
import { isRefusal, type Refusal } from "../domain/refusal.ts";
import { authorize, permissionFor } from "./authorize.ts";
import type { Command, CommandContext } from "./define-command.ts";
import { commands } from "./index.ts";
import type { WrittenCommand } from "./parse.ts";

export type CommandOutcome =
  | {
      readonly kind: "run";
      readonly command: string;
      readonly decision: Decision;
      /** null: the reaction is the answer. */
      readonly reply: Message | null;
    }
  | {
      readonly kind: "refused";
      readonly command: string;
      readonly refused: string;
      readonly reply: CommandReply;
    }
  | {
      readonly kind: "unknown";
      readonly command: string;
      readonly nearest: string | null;
      readonly reply: CommandReply;
    };

/** What a written command leads to. People below viewer get no list of commands out of it. */
export function dispatch(written: WrittenCommand, asked: CommandContext): CommandOutcome {
  const command = commands.find(({ name }) => name === written.name);
  if (!command) return unknown(written, asked);
  const denial = denialOf(command, written.argument, asked);
  if (denial) return refused(command.name, denial.refused, denial.detail);
  const result = command.run(written.argument, asked);
  return isRefusal(result)
    ? refused(command.name, result.refused, result.detail)
    : { kind: "run", command: command.name, ...result };
}

function denialOf(
  command: Command,
  argument: string,
  { permission, thread, actor, view }: CommandContext,
): Refusal | null {
  const { needs, takes } = whatItTakes(command, argument);
  if (!authorize(permission, needs))
    return {
      refused: "not-permitted",
      detail: `${actor.login} has ${permission} permission here; ${takes}.`,
    };
  if (!command.where.includes(thread.on))
    return {
      refused: "wrong-place",
      detail: `This is about the whole epic: write it on its issue, #${view.epic.issueNumber}, or on its pull request.`,
    };
  return null;
}

/** Said at once for the line as it is written: nobody is told one permission after the other. */
function whatItTakes({ needs, flag }: Command, argument: string) {
  const without = permissionFor(needs);
  if (flag === undefined || !argument.trimEnd().endsWith(flag.word))
    return { needs, takes: `this takes ${without}` };
  const takes = `with \`${flag.word}\` this takes ${permissionFor(flag.needs)}, without it ${without}`;
  return { needs: flag.needs, takes };
}

function refused(command: string, word: string, detail: string): CommandOutcome {
  return { kind: "refused", command, refused: word, reply: said(command, detail) };
}

function unknown(written: WrittenCommand, { permission, actor }: CommandContext): CommandOutcome {
  if (!authorize(permission, "viewer"))
    return refused(
      written.name,
      "not-permitted",
      `${actor.login} has ${permission} permission here; commands take ${permissionFor("viewer")} or more.`,
    );
  const names = commands.map(({ name }) => name);
  const nearest = nearestName(written.name, names);
  const meant = commands.find(({ name }) => name === nearest);
  const detail = meant
    ? `There is no such command. Did you mean \`${meant.usage}\`? ${meant.summary}`
    : "There is no such command. `/ff help` lists them all; anything else is said to the agents in a comment without `/ff`.";
  return { kind: "unknown", command: written.name, nearest, reply: said(written.name, detail) };
}

function said(command: string, bodyText: string): CommandReply {
  return { kind: "commandReply", command, bodyText, ok: false };
}
