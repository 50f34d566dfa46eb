import { type AgentKey, workerKey } from "./agent.ts";
import { agentOf, epicIn, labelEpic, labelTask, noSuchTask, taskIn, taskOf } from "./decision.ts";
import type { Effect } from "./effect.ts";
import { type Actor, type Epic, epicHasEnded } from "./epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { NewMail } from "./mail.ts";
import type { Refusal } from "./refusal.ts";

// Questions to people: numbered, in one comment, and what their answer does.

export type Questions = {
  /** What a reader must know to answer; empty when the questions stand alone. */
  readonly context: string;
  readonly questions: readonly string[];
  /** Who asks, as people see it. */
  readonly agent: string;
};

/**
 * Asks the epic's people. While there is no plan the whole epic waits for the answer (L3); later the
 * rest of it goes on, and what cannot is blocked by name.
 */
export function askHuman(view: EpicView, asked: Questions): Decision | Refusal {
  const { epic } = view;
  if (epicHasEnded(epic))
    return {
      refused: "wrong-state",
      detail: `The epic is ${epic.state}: nobody answers any more.`,
    };
  if (epic.state === "NEEDS_ANSWER")
    return {
      refused: "already-asked",
      detail:
        "Your last questions are not answered yet. End your turn: the answer is mail and wakes you.",
    };
  const question = questionEffect(asked, null);
  if (epic.state !== "IN_PROGRESS" || epic.planAccepted) return { effects: [question] };
  const waiting = epicIn(epic, { state: "NEEDS_ANSWER" });
  return { epic: waiting, effects: [labelEpic(waiting), question] };
}

/** Holds one task until people have answered; the others go on (L6). */
export function blockTask(
  view: EpicView,
  ordinal: number,
  reason: string,
  asked: Questions,
): Decision | Refusal {
  const task = taskOf(view, ordinal);
  if (!task) return noSuchTask(view, ordinal);
  if (task.state !== "PENDING" && task.state !== "IN_PROGRESS")
    return {
      refused: "wrong-state",
      detail: `Task ${ordinal} is ${task.state}; only one that is PENDING or IN_PROGRESS can be blocked. Ask with epic_ask_human instead, and tell its worker by mail.`,
    };
  const next = taskIn(task, { state: "BLOCKED", reason });
  const told = mailToWorker(view, ordinal, {
    subject: "Your task is blocked",
    body: `${reason}\n\nPeople have been asked. End your turn; you get mail when it goes on.`,
  });
  return {
    tasks: [next],
    mail: told,
    effects: [
      ...(next.issueAsked ? [labelTask(next)] : []),
      questionEffect(asked, { ordinal, issueNumber: task.issueNumber }),
    ],
  };
}

/** What blocked a task is decided: it goes on where it stopped, and its worker is told. */
export function unblockTask(view: EpicView, ordinal: number, answer: string): Decision | Refusal {
  const task = taskOf(view, ordinal);
  if (!task) return noSuchTask(view, ordinal);
  if (task.state !== "BLOCKED")
    return { refused: "wrong-state", detail: `Task ${ordinal} is ${task.state}, not blocked.` };
  const worker = agentOf(view, workerKey(ordinal));
  const next = taskIn(task, { state: worker ? "IN_PROGRESS" : "PENDING" });
  const told = mailToWorker(view, ordinal, { subject: "Your task goes on", body: answer });
  return {
    // Before its worker's first life the text is all it will know: the answer belongs to it.
    tasks: [worker ? next : { ...next, description: `${next.description}\n\n${answer}` }],
    mail: told,
    effects: next.issueAsked ? [labelTask(next)] : [],
  };
}

/** A person's words to an agent. To a supervisor they are also the answer its epic waits for (L3). */
export function takeComment(
  view: EpicView,
  comment: {
    readonly to: AgentKey;
    readonly by: Actor;
    readonly subject: string;
    readonly body: string;
  },
): Decision {
  const { to, by, subject, body } = comment;
  const mail: NewMail = { to, from: { kind: "human", actor: by }, subject, body };
  const epic = to === "supervisor" ? answered(view.epic) : null;
  if (!epic) return { mail: [mail] };
  return { epic, mail: [mail], effects: epic.state === "PAUSED" ? [] : [labelEpic(epic)] };
}

/** A pause stays one: what it returns to is what changes. */
function answered(epic: Epic): Epic | null {
  if (epic.state === "NEEDS_ANSWER") return epicIn(epic, { state: "IN_PROGRESS" });
  if (epic.state !== "PAUSED" || epic.from !== "NEEDS_ANSWER") return null;
  return epicIn(epic, { state: "PAUSED", from: "IN_PROGRESS", reason: epic.reason });
}

function questionEffect(
  { context, questions, agent }: Questions,
  about: { readonly ordinal: number; readonly issueNumber: number | null } | null,
): Effect {
  return {
    kind: "say",
    thread: { on: "epic" },
    message: {
      kind: "questions",
      agent,
      contextText: context,
      questionTexts: questions,
      ...(about
        ? { task: { ordinal: about.ordinal, issueNumber: about.issueNumber } }
        : { task: null }),
    },
  };
}

function mailToWorker(
  view: EpicView,
  ordinal: number,
  { subject, body }: { readonly subject: string; readonly body: string },
): readonly NewMail[] {
  const to = workerKey(ordinal);
  if (!agentOf(view, to)) return [];
  return [{ to, from: { kind: "agent", agent: "supervisor" }, subject, body }];
}
