import { questionOverdue } from "../src/domain/answer-question.ts";
import type { Epics } from "../src/ports/epics.ts";

/** Questions that the orchestrator left open for too long are people's (A12). */
export async function answerOverdue(
  epics: Pick<Epics, "overdueQuestions" | "change">,
  limitMs: number,
): Promise<void> {
  for (const { epicId, number } of await epics.overdueQuestions(limitMs))
    await epics.change(epicId, { what: "tick questions", actor: null }, (view) => ({
      decision: questionOverdue(view, number),
      result: null,
    }));
}
