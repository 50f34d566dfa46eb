import { workerKey } from "./agent.ts";
import { labelTask, noSuchTask, taskIn, taskOf } from "./decision.ts";
import type { Effect } from "./effect.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { Refusal } from "./refusal.ts";
import type { Task } from "./task.ts";

/** A supervisor's look at one exact head. */
export type Review = {
  readonly task: number;
  readonly head: string;
  readonly remarks: string;
  /** The reviewer's name as people see it. */
  readonly agent: string;
};

/** Submissions that wait for a review, in the order they were made (Q1). */
export function reviewQueue(view: EpicView): readonly Task[] {
  return view.tasks
    .filter((task) => task.state === "PENDING_REVIEW")
    .sort((one, other) => (one.queuePlace ?? 0) - (other.queuePlace ?? 0));
}

/** Approval names one exact head; a head that has moved meanwhile is another submission (Q2). */
export function approve(view: EpicView, review: Review): Decision | Refusal {
  const task = reviewable(view, review);
  if ("refused" in task) return task;
  const next = taskIn(task, { state: "APPROVED", approvedSha: review.head });
  return { tasks: [next], effects: verdictEffects(next, review, "approved") };
}

/** Back to its worker: it leaves the line and rejoins at the end when submitted again (Q1). */
export function requestChanges(view: EpicView, review: Review): Decision | Refusal {
  const task = reviewable(view, review);
  if ("refused" in task) return task;
  if (review.remarks.trim() === "")
    return { refused: "no-remarks", detail: "Say in remarks what is to be changed." };
  const next = taskIn({ ...task, queuePlace: null }, { state: "CHANGES_REQUESTED" });
  return {
    tasks: [next],
    mail: [
      {
        to: workerKey(task.ordinal),
        from: { kind: "agent", agent: "supervisor" },
        subject: "Changes requested",
        body: `Your submission ${review.head} was reviewed:\n\n${review.remarks}\n\nChange it, git_commit, then task_submit again.`,
      },
    ],
    effects: verdictEffects(next, review, "changesRequested"),
  };
}

function reviewable(view: EpicView, review: Review): Task | Refusal {
  const task = taskOf(view, review.task);
  if (!task) return noSuchTask(view, review.task);
  if (task.state !== "PENDING_REVIEW")
    return {
      refused: "wrong-state",
      detail: `Task ${review.task} is ${task.state}, it does not wait for a review.`,
    };
  if (task.submittedSha !== review.head)
    return {
      refused: "other-head",
      detail: `Task ${review.task}'s head is ${task.submittedSha}, not ${review.head}. Read its diff again.`,
    };
  return task;
}

function verdictEffects(
  task: Task,
  review: Review,
  verdict: "approved" | "changesRequested",
): readonly Effect[] {
  const message = {
    kind: "reviewVerdict",
    verdict,
    agent: review.agent,
    sha: review.head,
    remarksText: review.remarks,
  } as const;
  const conclusion = verdict === "approved" ? "success" : "failure";
  return [
    { kind: "review", task: task.ordinal, sha: review.head, message },
    { kind: "publishVerdict", task: task.ordinal, sha: review.head, conclusion, message },
    labelTask(task),
  ];
}
