import { z } from "zod";
import { parseCommands } from "../../../src/commands/parse.ts";
import type { Row } from "./database-facts.ts";
import type { EpicFacts, Facts } from "./facts.ts";
import type { Hold, Judge } from "./judge.ts";

/** 9: only people with permission are heard. */
export const permittedVoices: Judge = {
  invariant: 9,
  claim: "No bot, and nobody without permission, gave a command, sent mail or moved an epic",
  judge: (facts, hold) => {
    for (const epic of facts.epics) {
      for (const command of facts.database.commands)
        if (command.epic_id === epic.row.id) judgeCommand(command, epic, facts, hold);
      for (const mail of facts.database.mail)
        if (mail.epic_id === epic.row.id) judgeMail(mail, epic, facts, hold);
      judgeMoves(epic, facts, hold);
    }
  },
};

const roles = ["none", "read", "triage", "write", "maintain", "admin"] as const;
type Role = (typeof roles)[number];

/** A person's role as the local GitHub has it; null for who is no person there. */
function roleOf(userId: number, { repository }: EpicFacts, { gitHub }: Facts): Role | null {
  if (gitHub.users.find(({ id }) => id === userId)?.type !== "User") return null;
  if (repository.ownerId === userId) return "admin";
  const given = gitHub.roles.find(
    (one) => one.repositoryId === repository.id && one.userId === userId,
  );
  return roles.find((role) => role === given?.role) ?? "none";
}

function isAtLeast(role: Role | null, least: Role): boolean {
  return role !== null && roles.indexOf(role) >= roles.indexOf(least);
}

/** Commands that only show something. */
const harmless = /^\/ff (help|status)\b/;

function judgeCommand(command: Row<"commands">, epic: EpicFacts, facts: Facts, hold: Hold): void {
  const { comment_id: id, position, text, outcome } = command;
  const detail = { epic: epic.name, comment: id, text, outcome };
  const comment = facts.gitHub.comments.find((one) => one.id === id);
  hold(comment !== undefined, "a command comes from a comment that is not there", detail);
  if (comment === undefined) return;
  const role = roleOf(comment.userId, epic, facts);
  hold(role !== null && comment.appId === null, "a command comes from a bot", detail);
  const mayRun = isAtLeast(role, harmless.test(text) ? "triage" : "write");
  hold(outcome !== "run" || mayRun, "a command was run for somebody without permission", {
    ...detail,
    role,
  });
  if (comment.updatedAt !== comment.createdAt) return;
  const written = parseCommands(comment.body)[position];
  const isWritten =
    written !== undefined && text === `/ff ${written.name} ${written.argument}`.trim();
  hold(isWritten, "a command was run that nobody wrote", detail);
}

const human = z.object({ kind: z.literal("human"), actor: z.object({ id: z.number() }) });

function judgeMail(mail: Row<"mail">, epic: EpicFacts, facts: Facts, hold: Hold): void {
  const sender = human.safeParse(mail.sender);
  if (!sender.success) return;
  const role = roleOf(sender.data.actor.id, epic, facts);
  hold(isAtLeast(role, "write"), "an agent got mail from somebody without permission", {
    epic: epic.name,
    mail: mail.id,
    sender: sender.data.actor.id,
    role,
  });
}

const actedByPeople = /^(delivery|command) /;

/** Whoever moved an epic by a webhook or a command is a person who may. */
function judgeMoves(epic: EpicFacts, facts: Facts, hold: Hold): void {
  for (const { noun, cause, actor, to_state: to } of epic.history) {
    if (noun !== "epic" || !actedByPeople.test(cause) || actor === null) continue;
    const user = facts.gitHub.users.find(({ login }) => login === actor);
    const role = user === undefined ? null : roleOf(user.id, epic, facts);
    hold(isAtLeast(role, "write"), "an epic was moved by somebody without permission", {
      epic: epic.name,
      actor,
      role,
      cause,
      to,
    });
  }
}
