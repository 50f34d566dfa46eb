import type { Row } from "./database-facts.ts";
import type { EpicFacts } from "./facts.ts";
import type { Judge } from "./judge.ts";

/** 5: first submitted, first landed; who comes back joins the end of the line. */
export const landingOrder: Judge = {
  invariant: 5,
  claim: "Landings are in the order of the submissions that landed",
  judge: (facts, hold) => {
    for (const epic of facts.epics) {
      let before: Landed | null = null;
      for (const next of landedTasks(epic)) {
        const detail = { epic: epic.name, task: next.task.ordinal, after: before?.task.ordinal };
        const place = next.task.queue_place;
        hold(place !== null, "a task landed that was never in the queue", detail);
        const isInPlace = before === null || (before.task.queue_place ?? 0) < (place ?? 0);
        hold(isInPlace, "a task landed before one that was ahead of it", detail);
        const isInTime = before === null || before.submission < next.submission;
        hold(isInTime, "a task landed before one that was submitted earlier", detail);
        before = next;
      }
    }
  },
};

type Landed = { readonly task: Row<"tasks">; readonly submission: number };

/** In the order of the branch, each with the place of its last submission in the history. */
function landedTasks({ line, landings, tasks, history }: EpicFacts): readonly Landed[] {
  return line.flatMap(({ sha }) => {
    const landing = landings.find(({ merge_sha: merge }) => merge === sha);
    const task = tasks.find(({ ordinal }) => ordinal === landing?.task);
    if (task === undefined) return [];
    const submission = history.findLast(
      (move) =>
        move.noun === "task" &&
        move.noun_key === String(task.ordinal) &&
        move.to_state === "PENDING_REVIEW",
    );
    return [{ task, submission: submission?.id ?? 0 }];
  });
}
