import type { AgentKey } from "./agent.ts";
import type { EpicView } from "./epic-view.ts";

// What rules leave open, and the orchestrator decides (A12): one question of an epic at a time, with
// the choices that the rules offer.

export const choicesOf = {
  /** A labelled issue resembles another epic of its repository. */
  repeatedEpic: ["start", "ask"],
  /** A task failed again after its supervisor had it begun again as often as it may. */
  failingTask: ["retry", "cancel", "ask"],
  /** Something outside the work stops it, and it is not known whether that passes. */
  incident: ["wait", "ask"],
} as const;
export type QuestionKind = keyof typeof choicesOf;
export const choices = ["start", "retry", "cancel", "wait", "ask"] as const;
export type Choice = (typeof choices)[number];

export type QuestionAnswer = {
  /** null: it was withdrawn, as people took the epic in hand. */
  readonly choice: Choice | null;
  readonly reason: string;
  readonly by: "orchestrator" | "rules";
};

export type Question = {
  /** From 1, within its epic; its orchestrator's key has it, so each has a conversation of its own. */
  readonly number: number;
  readonly kind: QuestionKind;
  /** The task it is about; null for the whole epic. */
  readonly task: number | null;
  /** The facts, as the rules had them when they asked. */
  readonly detail: string;
  readonly answer: QuestionAnswer | null;
};

type Asked = Pick<EpicView, "questions">;

/** The question that waits for an answer; null when none does. */
export function openQuestion({ questions }: Asked): Question | null {
  return questions.find(({ answer }) => answer === null) ?? null;
}

/** A question that has no number yet. */
export function newQuestion(
  { questions }: Asked,
  { kind, task, detail }: Pick<Question, "kind" | "task" | "detail">,
): Question {
  return { number: questions.length + 1, kind, task, detail, answer: null };
}

/** The agent that answers a question. */
export function orchestratorKey({ number }: Pick<Question, "number">): AgentKey {
  return `orchestrator/${number}`;
}
