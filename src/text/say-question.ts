import type { Message } from "../domain/message.ts";
import { neutraliseInline } from "./neutralise-inline.ts";
import { blocks, code, counted, numbered, quoted } from "./parts.ts";

type Of<Kind extends Message["kind"]> = Extract<Message, { kind: Kind }>;

const maxQuestionLength = 1_000;

/** What only people can decide, numbered, so that they can answer by number. */
export function sayQuestions(message: Of<"questions">): string {
  const { agent, contextText, questionTexts, task } = message;
  const count = counted(questionTexts.length, "question");
  const about = task === null ? "" : ` about ${nameOf(task)}, which waits for the answer`;
  const items = questionTexts.map(
    (text, index) => `${index + 1}. ${neutraliseInline(text, { maxLength: maxQuestionLength })}`,
  );
  return blocks([
    `${code(agent)} has ${count}${about}:`,
    quoted(contextText),
    items.join("\n"),
    "A comment here is your answer: one is enough, by number if you like. The work goes on with it.",
  ]);
}

function nameOf({ ordinal, issueNumber }: NonNullable<Of<"questions">["task"]>): string {
  return issueNumber === null ? `task ${ordinal}` : `task ${numbered(issueNumber)}`;
}

/** Nothing was planned, though asked for twice: only its people can say how to go on. */
export function sayPlanMissing({ tasks }: Of<"planMissing">): string {
  const what =
    tasks === 0
      ? "The supervisor planned no task for this epic, though it was asked again."
      : `The supervisor planned ${counted(tasks, "task")} and did not say that the plan is done, though it was asked again.`;
  return blocks([
    `${what} Nothing happens until you say how to go on.`,
    "A comment here reaches it: say what is to be built, or answer what it may have asked. `/ff task <title>` adds a task of yours. `/ff cancel` ends the epic.",
  ]);
}
