import { workerKey } from "./agent.ts";
import { agentOf, labelTask, noSuchTask, taskIn, taskOf } from "./decision.ts";
import { epicHasEnded } from "./epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import { newQuestion, openQuestion } from "./question.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import type { Task } from "./task.ts";

/** How often one failed task is begun again: after that it needs another plan, or a person. */
const defaultMaxTaskRetries = 2;

/**
 * Begins a failed task again: same branch, same conversation, from the last commit its worker made.
 * What was not committed is gone with its worktree.
 *
 * @param most how often a supervisor may by itself; `granted`: once more than that
 */
export function retryTask(
  view: EpicView,
  ordinal: number,
  context: string,
  most: number | "granted" = defaultMaxTaskRetries,
): Decision | Refusal {
  const task = taskOf(view, ordinal);
  if (!task) return noSuchTask(view, ordinal);
  const refusal =
    whyNotAgain(view, task) ?? (most === "granted" ? null : whyTooOften(view, task, most));
  if (refusal) return refusal;
  // A new pull request: the old one was closed when the task failed.
  const fresh = { queuePlace: null, mergeParentSha: null, pullRequest: null } as const;
  const next = taskIn({ ...task, ...fresh }, { state: "PENDING" });
  const to = workerKey(ordinal);
  return {
    tasks: [next],
    notices: [`${retried(ordinal)} ${retriesOf(view, ordinal) + 1}`],
    mail: agentOf(view, to)
      ? [
          {
            to,
            from: { kind: "agent", agent: "supervisor" },
            subject: "Your task is begun again",
            body: `${context}\n\nYour worktree is new, as it was ${lastState(task)}; what was not committed is gone.`,
          },
        ]
      : [],
    effects: task.issueAsked ? [{ kind: "reopenTaskIssue", task: ordinal }, labelTask(next)] : [],
  };
}

function whyNotAgain(view: EpicView, task: Task): Refusal | null {
  const { ordinal, state } = task;
  if (epicHasEnded(view.epic))
    return { refused: "wrong-state", detail: `The epic is ${view.epic.state}.` };
  if (state === "CANCELLED")
    return {
      refused: "wrong-state",
      detail: `Task ${ordinal} was cancelled, so it was not wanted. Create another task if its work is.`,
    };
  if (state !== "FAILED")
    return {
      refused: "wrong-state",
      detail: `Task ${ordinal} is ${state}; only a FAILED one is retried.`,
    };
  return null;
}

function whyTooOften(view: EpicView, { ordinal }: Task, most: number): Refusal | null {
  if (retriesOf(view, ordinal) >= most)
    return {
      refused: "too-often",
      detail: `Task ${ordinal} was begun again ${counted(retriesOf(view, ordinal))} already. Plan the work differently with epic_create_task, or ask the human.`,
    };
  return null;
}

/** Kept with the epic: its notices are told once each, and so counted. */
function retried(ordinal: number): string {
  return `task ${ordinal} begun again:`;
}

function retriesOf({ notices }: EpicView, ordinal: number): number {
  return notices.filter((notice) => notice.startsWith(retried(ordinal))).length;
}

function counted(times: number): string {
  return times === 1 ? "once" : `${times} times`;
}

function lastState({ headSha, baseSha }: Task): string {
  if (headSha === null || headSha === baseSha) return "when the task began";
  return `at your last commit ${headSha.slice(0, 12)}`;
}

const shownCharacters = 2_000;

/**
 * The supervisor's wish to begin a failed task again. Where it may not any more, the orchestrator is
 * asked whether the task is worth another try, once for each task (A12).
 */
export function retryOrAsk(
  view: EpicView,
  ordinal: number,
  context: string,
  most = defaultMaxTaskRetries,
): Decision | Refusal {
  const decision = retryTask(view, ordinal, context, most);
  const task = taskOf(view, ordinal);
  if (!isRefusal(decision) || decision.refused !== "too-often" || !task) return decision;
  if (openQuestion(view) !== null)
    return {
      refused: "already-asked",
      detail: "The orchestrator is deciding already. End your turn: the decision is mail.",
    };
  const wasDecided = view.questions.some(
    (one) => one.kind === "failingTask" && one.task === ordinal && one.answer?.choice !== null,
  );
  if (wasDecided) return decision;
  const detail = failuresOf(view, task, context);
  return { questions: [newQuestion(view, { kind: "failingTask", task: ordinal, detail })] };
}

function failuresOf(view: EpicView, task: Task, context: string): string {
  const last = task.state === "FAILED" ? task.reason : "";
  return [
    `Task ${task.ordinal} failed again after it was begun again ${retriesOf(view, task.ordinal)} times, in ${task.attempts} attempts.`,
    "",
    `Task: ${task.title}`,
    task.description.slice(0, shownCharacters).toWellFormed(),
    "",
    `The last failure: ${last.slice(0, shownCharacters).toWellFormed()}`,
    "",
    `Its supervisor wants to try again with: ${context.slice(0, shownCharacters).toWellFormed()}`,
  ].join("\n");
}
