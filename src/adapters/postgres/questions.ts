import { type Selectable, sql } from "kysely";
import { z } from "zod";
import { choices, choicesOf, type Question, type QuestionKind } from "../../domain/question.ts";
import type { OverdueQuestion } from "../../ports/epics.ts";
import type { Db, Tx } from "./database.ts";
import { logDecision } from "./decision-log.ts";
import type { Database } from "./schema.ts";

const kind = z
  .string()
  .refine((name): name is QuestionKind => Object.hasOwn(choicesOf, name), "no kind of question");
const answer = z.object({
  choice: z.enum(choices).nullable(),
  reason: z.string(),
  by: z.enum(["orchestrator", "rules"]),
});

/** Asks for every question of an epic, in order of asking. */
export function questionRows(db: Db | Tx, epicId: number) {
  return db
    .selectFrom("questions")
    .select(["number", "kind", "task", "detail", "choice", "reason", "answered_by"])
    .select((row) => row("answered_at", "is not", null).as("answered"))
    .where("epic_id", "=", epicId)
    .orderBy("number");
}

/** Stores a question, or its answer; both are rows of the decision log too (A11). */
export async function saveQuestion(tx: Tx, epicId: number, question: Question): Promise<void> {
  const { number, task, detail } = question;
  const answered = {
    answered_at: question.answer ? sql<Date>`now()` : null,
    choice: question.answer?.choice ?? null,
    reason: question.answer?.reason ?? null,
    answered_by: question.answer?.by ?? null,
  };
  await tx
    .insertInto("questions")
    .values({ epic_id: epicId, number, kind: question.kind, task, detail, ...answered })
    .onConflict((conflict) => conflict.columns(["epic_id", "number"]).doUpdateSet(answered))
    .execute();
  const agent = question.answer?.by === "orchestrator" ? `orchestrator/${number}` : null;
  const what = `question ${number} ${question.answer ? "answered" : "asked"}`;
  const about = question.answer ?? { detail };
  await logDecision(tx, epicId, { agent, what, detail: { kind: question.kind, task, ...about } });
}

/** Questions that have waited for longer than `limitMs`. */
export async function overdueQuestions(
  db: Db,
  limitMs: number,
): Promise<readonly OverdueQuestion[]> {
  const rows = await db
    .selectFrom("questions")
    .select(["epic_id", "number"])
    .where("answered_at", "is", null)
    .where(sql<boolean>`asked_at + make_interval(secs => ${limitMs} / 1000.0) <= now()`)
    .orderBy("asked_at")
    .execute();
  return rows.map((row) => ({ epicId: row.epic_id, number: row.number }));
}

/** A question from its row. */
export function questionOf(
  row: Omit<Selectable<Database["questions"]>, "epic_id" | "asked_at" | "answered_at"> & {
    readonly answered: unknown;
  },
): Question {
  const { number, task, detail, choice, reason } = row;
  const given = { choice, reason: reason ?? "", by: row.answered_by };
  return {
    ...{ number, task, detail },
    kind: kind.parse(row.kind),
    answer: row.answered === true ? answer.parse(given) : null,
  };
}
