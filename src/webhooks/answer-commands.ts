import type { CommandOutcome } from "../commands/dispatch.ts";
import type { Effect, Thread } from "../domain/effect.ts";
import type { CommandReply } from "../domain/message.ts";
import type { Note, RefusalsTold } from "../ports/epics.ts";

// What is said to the commands of one comment: what was done may be told in a comment each; what
// was not, in one at most, and the same not again and again (S1).

/** Longer answers that differ only behind this count as the same. */
const comparedCharacters = 400;

export type CommandsAnswered = {
  readonly commentId: number;
  readonly actorId: number;
  readonly thread: Thread;
  readonly outcomes: readonly CommandOutcome[];
  /** How many commands were read, where there were more. */
  readonly cutAt: number | null;
  /** What the person was refused with not long ago. */
  readonly lately: RefusalsTold;
  /** How long ago is long ago. */
  readonly quietMs: number;
  /** How many refusals the person is told within that time. */
  readonly mostTold: number;
};

type Answer = {
  readonly message: CommandReply;
  /** The same for the same kind of refusal. */
  readonly kind: string;
};

/** @returns reactions and comments, and what is to be remembered of them */
export function answerCommands(asked: CommandsAnswered): {
  readonly effects: readonly Effect[];
  readonly notes: readonly Note[];
} {
  const { commentId, actorId, thread, outcomes, quietMs } = asked;
  const reactions = new Set(
    outcomes.map(({ kind }) => (kind === "run" ? ("+1" as const) : ("-1" as const))),
  );
  const replies = outcomes.flatMap(({ kind, reply }) =>
    kind === "run" && reply !== null ? [reply] : [],
  );
  const news = newsOf(asked);
  return {
    effects: [
      { kind: "react", commentId, reaction: "eyes" },
      ...[...reactions].map((reaction) => ({ kind: "react", commentId, reaction }) as const),
      ...[...replies, ...(news ? [news.message] : [])].map(
        (message) => ({ kind: "say", thread, message }) as const,
      ),
    ],
    notes: news ? [{ kind: "refusalTold", actorId, answer: news.kind, quietMs }] : [],
  };
}

/** What of the refusals is said; the last that may be says that it is. */
function newsOf({ outcomes, cutAt, lately, mostTold }: CommandsAnswered): Answer | null {
  const answer = refusalOf(outcomes, cutAt);
  if (answer === null || lately.here.has(answer.kind) || lately.everywhere >= mostTold) return null;
  if (lately.everywhere + 1 < mostTold) return answer;
  const enough = "What else of yours is refused gets only a reaction for a while.";
  return saidToo(answer, enough);
}

function saidToo({ message, kind }: Answer, more: string): Answer {
  return { message: { ...message, bodyText: `${message.bodyText} ${more}` }, kind };
}

function refusalOf(outcomes: readonly CommandOutcome[], cutAt: number | null): Answer | null {
  const first = outcomes.flatMap((one) => (one.kind === "run" ? [] : [answerTo(one)]))[0] ?? null;
  if (cutAt === null) return first;
  const cut = `Only the first ${cutAt} commands of a comment are read; the rest was not.`;
  if (first !== null) return saidToo(first, cut);
  return { message: { kind: "commandReply", command: "…", bodyText: cut, ok: false }, kind: cut };
}

/** However a command that does not exist is written, it is the same refusal. */
function answerTo(outcome: Exclude<CommandOutcome, { readonly kind: "run" }>): Answer {
  const { command, reply } = outcome;
  const kind =
    outcome.kind === "unknown"
      ? `unknown: ${outcome.nearest ?? ""}`
      : `${command} ${outcome.refused}: ${reply.bodyText}`;
  return { message: reply, kind: kind.slice(0, comparedCharacters).toWellFormed() };
}
