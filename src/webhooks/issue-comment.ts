import { z } from "zod";
import { authorize } from "../commands/authorize.ts";
import { dispatch } from "../commands/dispatch.ts";
import { parseCommands } from "../commands/parse.ts";
import { type AgentKey, workerKey } from "../domain/agent.ts";
import { agentOf, both } from "../domain/decision.ts";
import type { Effect, Thread } from "../domain/effect.ts";
import { type Actor, epicHasEnded } from "../domain/epic.ts";
import type { Decision, EpicView } from "../domain/epic-view.ts";
import type { Known } from "../ports/epics.ts";
import type { Permission } from "../ports/git-hub.ts";
import {
  actorOf,
  defineWebhook,
  envelope,
  isBot,
  repositoryOf,
  userShape,
  type WebhookPorts,
} from "./define-webhook.ts";

/** What a person says on an epic, task or pull request: commands, or mail to the agent there. */
export const issueCommentCreated = defineWebhook({
  events: ["issue_comment.created"],
  payload: z.object({
    ...envelope,
    issue: z.object({ number: z.number() }),
    comment: z.object({ id: z.number(), body: z.string(), user: userShape }),
  }),
  handle: async (payload, ports, guid) => {
    if (isBot(payload.comment.user)) return;
    const repository = await repositoryOf(payload, ports.store);
    const known = await ports.store.epics.known(repository, payload.issue.number);
    if (!known) return;
    const actor = actorOf(payload.comment.user);
    const permission = await ports.github.permissionOf(repository, actor.login);
    const said: Said = { comment: payload.comment, known, actor, permission, guid };
    const commands = parseCommands(payload.comment.body);
    if (commands.length === 0) return await deliverAsMail(said, ports);
    for (const index of commands.keys()) await runCommand(said, index, ports);
  },
});

type Said = {
  readonly comment: { readonly id: number; readonly body: string };
  readonly known: Known;
  readonly actor: Actor;
  readonly permission: Permission;
  readonly guid: string;
};

/** A command has one outcome, however often its delivery comes. */
async function runCommand(said: Said, index: number, ports: WebhookPorts): Promise<void> {
  const { comment, known, actor, permission, guid } = said;
  const written = parseCommands(comment.body)[index];
  if (!written || (await ports.store.epics.commandIsDone(comment.id, index))) return;
  const thread = threadOf(known);
  const status = await ports.store.epics.status(known.epicId);
  const text = `/ff ${written.name} ${written.argument}`.trim();
  await ports.store.epics.change(
    known.epicId,
    { what: `command ${text}`, actor: actor.login },
    (view) => {
      const asked = { view, status, actor, permission, surface: thread.on };
      const outcome = dispatch(written, asked);
      const decision = outcome.kind === "run" ? outcome.decision : {};
      const answer = { effects: answerTo(comment.id, outcome, thread) };
      return {
        decision: both(decision, answer),
        notes: [{ kind: "commandDone", commentId: comment.id, index, text, outcome: outcome.kind }],
        result: null,
      };
    },
  );
  ports.onOutcome("command.done", { delivery: guid, command: written.name, epic: known.epicId });
}

function answerTo(
  commentId: number,
  outcome: ReturnType<typeof dispatch>,
  thread: Thread,
): readonly Effect[] {
  const reaction = outcome.kind === "run" ? "+1" : "-1";
  return [
    { kind: "react", commentId, reaction: "eyes" },
    { kind: "react", commentId, reaction },
    ...(outcome.reply === null ? [] : [{ kind: "say", thread, message: outcome.reply } as const]),
  ];
}

/** Only people with write permission reach an agent (S1). */
async function deliverAsMail(said: Said, ports: WebhookPorts): Promise<void> {
  const { known, permission, guid, actor } = said;
  if (!authorize(permission, "operator")) return;
  await ports.store.epics.change(
    known.epicId,
    { what: `delivery ${guid}`, actor: actor.login },
    (view) => ({
      decision: mailDecision(view, said),
      notes: [{ kind: "deliveryDone", guid }],
      result: null,
    }),
  );
}

function mailDecision(view: EpicView, { comment, known, actor }: Said): Decision {
  if (epicHasEnded(view.epic)) return {};
  const to = addressee(view, known);
  if (to === null) return {};
  return {
    mail: [
      {
        to,
        from: { kind: "human", actor },
        subject: `A comment on ${placeOf(known)}`,
        body: comment.body,
      },
    ],
    effects: [{ kind: "react", commentId: comment.id, reaction: "eyes" }],
  };
}

/** The nearest agent: a task's worker while it has one, else the supervisor. */
function addressee(view: EpicView, known: Known): AgentKey | null {
  const worker = "task" in known ? agentOf(view, workerKey(known.task)) : null;
  if (worker && worker.state !== "DONE" && worker.state !== "FAILED") return worker.key;
  return agentOf(view, "supervisor") ? "supervisor" : null;
}

function threadOf(known: Known): Thread {
  return "task" in known ? { on: known.is, task: known.task } : { on: known.is };
}

function placeOf(known: Known): string {
  return "task" in known ? `task ${known.task}` : "the epic";
}
