import { z } from "zod";
import { authorize } from "../commands/authorize.ts";
import type { CommandContext } from "../commands/define-command.ts";
import { type CommandOutcome, dispatch } from "../commands/dispatch.ts";
import { parseCommands, type WrittenCommand } from "../commands/parse.ts";
import { type AgentKey, workerKey } from "../domain/agent.ts";
import { takeComment } from "../domain/decide-question.ts";
import { agentOf, both, inTurn, taskOf } from "../domain/decision.ts";
import type { Effect, Thread } from "../domain/effect.ts";
import { type Actor, epicHasEnded } from "../domain/epic.ts";
import type { Decision, EpicView } from "../domain/epic-view.ts";
import { endsWithMarker } from "../domain/marker.ts";
import type { Known } from "../ports/epics.ts";
import type { Permission } from "../ports/git-hub.ts";
import { answerCommands } from "./answer-commands.ts";
import {
  actorOf,
  defineWebhook,
  envelope,
  isBot,
  repositoryOf,
  userShape,
  type WebhookPorts,
} from "./define-webhook.ts";

/** More of them in one comment are no conversation any more. */
const maxCommands = 5;

type Said = {
  readonly comment: { readonly id: number; readonly body: string };
  readonly known: Known;
  readonly actor: Actor;
  readonly permission: Permission;
  readonly guid: string;
};

/** What a person says on an epic, task or pull request: commands, or mail to the agent there. */
export const issueCommentCreated = defineWebhook({
  events: ["issue_comment.created"],
  payload: z.object({
    ...envelope,
    issue: z.object({
      number: z.number(),
      body: z.string().nullable().default(null),
      user: userShape.nullable().default(null),
      labels: z.array(z.object({ name: z.string() })).default([]),
      pull_request: z.unknown().optional(),
    }),
    comment: z.object({ id: z.number(), body: z.string(), user: userShape }),
  }),
  handle: async (payload, ports, guid) => {
    if (isBot(payload.comment.user)) return undefined;
    const repository = await repositoryOf(payload, ports.store);
    const known = await ports.store.epics.known(repository, payload.issue.number);
    if (!known) return isToBeKnown(payload.issue, ports.settings) ? "early" : undefined;
    const actor = actorOf(payload.comment.user);
    const permission = await ports.github.permissionOf(repository, actor.login);
    // Whoever may do nothing here gets no answer: every one would cost comments (S1).
    if (!authorize(permission, "viewer")) return undefined;
    const said: Said = { comment: payload.comment, known, actor, permission, guid };
    const commands = parseCommands(payload.comment.body);
    if (commands.length === 0) await deliverAsMail(said, ports);
    else await runCommands(said, commands, ports);
    return undefined;
  },
});

type CommentedOn = {
  readonly body: string | null;
  readonly user: z.output<typeof userShape> | null;
  readonly labels: readonly { readonly name: string }[];
  readonly pull_request?: unknown;
};

/**
 * It bore the label when this was said: GitHub sends in no order, the label's delivery may follow. Or
 * we have just made it, and its number is not stored yet.
 */
function isToBeKnown(
  { body, user, labels, pull_request }: CommentedOn,
  { epicLabel }: WebhookPorts["settings"],
): boolean {
  if (user !== null && isBot(user)) return endsWithMarker(body ?? "");
  return pull_request === undefined && labels.some(({ name }) => name === epicLabel);
}

/** One comment's commands have one outcome, however often its delivery comes. */
async function runCommands(
  said: Said,
  commands: readonly WrittenCommand[],
  ports: WebhookPorts,
): Promise<void> {
  const { comment, known, actor, guid } = said;
  if (await ports.store.epics.commandIsDone(comment.id, 0)) return;
  const status = await ports.store.epics.status(known.epicId);
  const { profileRules, refusalQuietMs: quietMs, mostRefusalsTold: mostTold } = ports.settings;
  const lately = await ports.store.epics.refusalsTold(known.epicId, actor.id, quietMs);
  const read = commands.slice(0, maxCommands);
  const text = read.map(textOf).join("; ");
  const cause = { what: `command ${text}`, actor: actor.login };
  const outcomes = await ports.store.epics.change(known.epicId, cause, (view) => {
    const ran = runInTurn(said, read, { view, status, profileRules });
    const answer = answerCommands({
      ...{ commentId: comment.id, actorId: actor.id, thread: threadOf(known) },
      ...{ lately, quietMs, mostTold },
      ...{ outcomes: ran.outcomes, cutAt: commands.length > read.length ? maxCommands : null },
    });
    const rest = {
      ...said,
      comment: { ...comment, body: withoutCommands(comment.body, commands) },
    };
    return {
      decision: inTurn(view, [
        () => ran.decision,
        (now) => mailDecision(now, rest),
        () => ({ effects: answer.effects }),
      ]),
      notes: [
        ...answer.notes,
        ...read.map((written, index) => ({
          ...({ kind: "commandDone", commentId: comment.id, index } as const),
          text: textOf(written),
          outcome: ran.outcomes[index]?.kind ?? "unknown",
        })),
      ],
      result: ran.outcomes,
    };
  });
  for (const { command } of outcomes)
    ports.onOutcome("command.done", { delivery: guid, command, epic: known.epicId });
}

/** Each command meets what those before it left. */
function runInTurn(
  { comment, actor, permission, known }: Said,
  commands: readonly WrittenCommand[],
  { view, ...rest }: Pick<CommandContext, "view" | "status" | "profileRules">,
): { readonly decision: Decision; readonly outcomes: readonly CommandOutcome[] } {
  const outcomes: CommandOutcome[] = [];
  const said = { ...rest, actor, permission, thread: threadOf(known), commentId: comment.id };
  const decision = inTurn(
    view,
    commands.map((written) => (now: EpicView) => {
      const outcome = dispatch(written, { ...said, view: now });
      outcomes.push(outcome);
      return outcome.kind === "run" ? outcome.decision : {};
    }),
  );
  return { decision, outcomes };
}

function textOf({ name, argument }: WrittenCommand): string {
  return `/ff ${name} ${argument}`.trim();
}

function withoutCommands(body: string, commands: readonly WrittenCommand[]): string {
  const lines = new Set(commands.map(({ line }) => line));
  return body
    .split(/\r\n|\r|\n/)
    .filter((_, index) => !lines.has(index + 1))
    .join("\n")
    .trim();
}

/** Only people with write permission reach an agent (S1). */
async function deliverAsMail(said: Said, ports: WebhookPorts): Promise<void> {
  const { known, permission, guid, actor } = said;
  if (!authorize(permission, "operator")) return;
  await ports.store.epics.change(
    known.epicId,
    { what: `delivery ${guid}`, actor: actor.login },
    (view) => {
      const decision = mailDecision(view, said);
      const seen: Effect = { kind: "react", commentId: said.comment.id, reaction: "eyes" };
      return {
        decision: decision.mail ? both(decision, { effects: [seen] }) : decision,
        notes: [{ kind: "deliveryDone", guid }],
        result: null,
      };
    },
  );
}

function mailDecision(view: EpicView, { comment, known, actor, permission }: Said): Decision {
  if (epicHasEnded(view.epic) || comment.body === "") return {};
  if (!authorize(permission, "operator")) return {};
  const to = addressee(view, known);
  if (to === null) return {};
  const subject = `A comment on ${placeOf(known)}`;
  return takeComment(view, { to, by: actor, subject, body: comment.body });
}

/** The nearest agent: a task's worker while it has one that may work, else the supervisor. */
function addressee(view: EpicView, known: Known): AgentKey | null {
  const task = "task" in known ? taskOf(view, known.task) : null;
  const worker = task && task.state !== "BLOCKED" ? agentOf(view, workerKey(task.ordinal)) : null;
  if (worker && worker.state !== "DONE" && worker.state !== "FAILED") return worker.key;
  return agentOf(view, "supervisor") ? "supervisor" : null;
}

function threadOf(known: Known): Thread {
  return "task" in known ? { on: known.is, task: known.task } : { on: known.is };
}

function placeOf(known: Known): string {
  return "task" in known ? `task ${known.task}` : "the epic";
}
