import type { CommandOutcome } from "../commands/dispatch.ts";
import type { Effect, Thread } from "../domain/effect.ts";
import type { Message } from "../domain/message.ts";
import type { Note } from "../ports/epics.ts";

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
  readonly lately: ReadonlySet<string>;
};

/** @returns reactions and comments, and what is to be remembered of them */
export function answerCommands(asked: CommandsAnswered): {
  readonly effects: readonly Effect[];
  readonly notes: readonly Note[];
} {
  const { commentId, actorId, thread, outcomes, cutAt, lately } = asked;
  const reactions = new Set(
    outcomes.map(({ kind }) => (kind === "run" ? ("+1" as const) : ("-1" as const))),
  );
  const replies = outcomes.flatMap(({ kind, reply }) =>
    kind === "run" && reply !== null ? [reply] : [],
  );
  const refusal = refusalOf(outcomes, cutAt);
  const answer = JSON.stringify(refusal).slice(0, comparedCharacters);
  const isNews = refusal !== null && !lately.has(answer);
  return {
    effects: [
      { kind: "react", commentId, reaction: "eyes" },
      ...[...reactions].map((reaction) => ({ kind: "react", commentId, reaction }) as const),
      ...[...replies, ...(isNews ? [refusal] : [])].map(
        (message) => ({ kind: "say", thread, message }) as const,
      ),
    ],
    notes: isNews ? [{ kind: "refusalTold", actorId, answer }] : [],
  };
}

function refusalOf(outcomes: readonly CommandOutcome[], cutAt: number | null): Message | null {
  const first = outcomes.find(({ kind }) => kind !== "run")?.reply ?? null;
  if (cutAt === null) return first;
  const cut = `Only the first ${cutAt} commands of a comment are read; the rest was not.`;
  if (first?.kind === "commandReply") return { ...first, bodyText: `${first.bodyText} ${cut}` };
  return { kind: "commandReply", command: "…", bodyText: cut, ok: false };
}
