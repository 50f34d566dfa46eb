import { type Agent, workerKey } from "./agent.ts";
import { endTaskEffects } from "./decide-epic.ts";
import { planIsShown } from "./decide-plan.ts";
import { agentOf, applied, labelTask, noSuchTask, taskIn, taskOf } from "./decision.ts";
import type { Effect } from "./effect.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { NewMail } from "./mail.ts";
import type { Refusal } from "./refusal.ts";
import { type Task, taskHasEnded } from "./task.ts";
import { waitingInVain } from "./waiting-in-vain.ts";

// What a worker does to its own task, and what ends a task before it lands.

const workable = ["IN_PROGRESS", "CHANGES_REQUESTED", "NEEDS_REBASE"] as const;

function isWorkable(task: Task): boolean {
  return workable.some((state) => state === task.state);
}

/** Whether a worker may write history now; a refusal names what it can do instead. */
export function mayCommit(view: EpicView, ordinal: number): Task | Refusal {
  const task = taskOf(view, ordinal);
  if (!task) return noSuchTask(view, ordinal);
  if (isWorkable(task)) return task;
  return {
    refused: "wrong-state",
    detail: `Task ${ordinal} is ${task.state}: it is not yours to change now. End your turn; you get mail when it comes back.`,
  };
}

/** A commit the host has made of the worker's files. */
export function recordCommit(view: EpicView, ordinal: number, sha: string): Decision | Refusal {
  const task = mayCommit(view, ordinal);
  if ("refused" in task) return task;
  return { tasks: [{ ...task, headSha: sha, mergeParentSha: null }], ...sound(view, ordinal) };
}

/** Whoever brings new work does not run in a crash loop: crashes before it count no more (R2). */
function sound(view: EpicView, ordinal: number): Pick<Decision, "agents"> {
  const worker = agentOf(view, workerKey(ordinal));
  if (!worker || worker.crashes + worker.fastCrashes === 0) return {};
  return { agents: [{ ...worker, crashes: 0, fastCrashes: 0 }] };
}

/** The epic's tip has been merged into the worktree's files; the next commit joins both. */
export function recordMergeParent(
  view: EpicView,
  ordinal: number,
  tipSha: string,
): Decision | Refusal {
  const task = mayCommit(view, ordinal);
  if ("refused" in task) return task;
  return { tasks: [{ ...task, mergeParentSha: tipSha }] };
}

/** "Done" is verified, never believed: it takes a commit that was not submitted before (L9a). */
export function submitTask(view: EpicView, ordinal: number, summary: string): Decision | Refusal {
  const task = mayCommit(view, ordinal);
  if ("refused" in task) return task;
  const unready = whyNotReady(task);
  if (unready) return unready;
  const sha = task.headSha ?? "";
  const place = Math.max(0, ...view.tasks.map((other) => other.queuePlace ?? 0)) + 1;
  const next = taskIn(
    { ...task, submittedSha: sha, queuePlace: place, summary },
    { state: "PENDING_REVIEW" },
  );
  return {
    tasks: [next],
    ...sound(view, ordinal),
    mail: [submittedMail(task, sha, summary)],
    effects: submissionEffects(next, sha),
  };
}

function submissionEffects(task: Task, sha: string): readonly Effect[] {
  return [
    { kind: "pushTaskBranch", task: task.ordinal, sha },
    ...(task.pullRequest === null
      ? [{ kind: "openTaskPullRequest", task: task.ordinal } as const]
      : []),
    labelTask(task),
  ];
}

function whyNotReady(task: Task): Refusal | null {
  if (task.mergeParentSha !== null)
    return {
      refused: "merge-open",
      detail:
        "The epic branch was merged into your files: resolve what conflicts, git_commit, then submit.",
    };
  if (task.headSha === null || task.headSha === task.baseSha)
    return {
      refused: "no-commit",
      detail: "There is no commit of yours yet. Change files, call git_commit, then submit.",
    };
  if (task.headSha === task.submittedSha)
    return {
      refused: "unchanged",
      detail: `Commit ${task.headSha.slice(0, 12)} was submitted before and came back. Change something, git_commit, then submit.`,
    };
  return null;
}

function submittedMail(task: Task, sha: string, summary: string): NewMail {
  return {
    to: "supervisor",
    from: { kind: "agent", agent: workerKey(task.ordinal) },
    subject: `Task ${task.ordinal} was submitted for review`,
    body: `Task ${task.ordinal} “${task.title}”, head ${sha}.\n\n${summary}\n\nCall epic_review_queue to see what waits for your review.`,
  };
}

/** A worker gives up: the task fails, its supervisor decides what follows. */
export function giveUpTask(view: EpicView, ordinal: number, reason: string): Decision | Refusal {
  const task = mayCommit(view, ordinal);
  if ("refused" in task) return task;
  return endTask(view, task, { state: "FAILED", reason });
}

/** A supervisor or human drops a task that has not begun to be published. */
export function cancelTask(view: EpicView, ordinal: number, reason: string): Decision | Refusal {
  const task = taskOf(view, ordinal);
  if (!task) return noSuchTask(view, ordinal);
  const shown = planIsShown(view);
  if (shown) return shown;
  if (taskHasEnded(task))
    return { refused: "wrong-state", detail: `Task ${ordinal} is ${task.state} already.` };
  if (task.state === "PUBLISHING")
    return { refused: "being-published", detail: `Task ${ordinal} is being published.` };
  return endTask(view, task, { state: "CANCELLED", reason });
}

/** Ends a task with its agent, tells people on its sub-issue and its supervisor by mail. */
export function endTask(
  view: EpicView,
  task: Task,
  end: { readonly state: "FAILED" | "CANCELLED"; readonly reason: string },
): Decision {
  const next = taskIn(task, end);
  const worker = agentOf(view, workerKey(task.ordinal));
  const agents: readonly Agent[] = worker
    ? [{ ...worker, state: end.state === "FAILED" ? "FAILED" : "DONE" }]
    : [];
  return {
    tasks: [next],
    agents,
    mail: [endedMail(view, next, end)],
    effects: [
      ...agents.flatMap((agent): readonly Effect[] => [
        { kind: "stopLife", agent: agent.key, reason: end.reason },
        { kind: "removeWorktree", agent: agent.key },
      ]),
      ...(task.issueAsked ? [saidEnded(task, end)] : []),
      ...endTaskEffects(next),
    ],
  };
}

function saidEnded(
  task: Task,
  end: { readonly state: "FAILED" | "CANCELLED"; readonly reason: string },
): Effect {
  return {
    kind: "say",
    thread: { on: "task", task: task.ordinal },
    message: {
      kind: "taskEnded",
      state: end.state,
      reasonText: end.reason,
      attempt: task.attempts,
    },
  };
}

function endedMail(view: EpicView, task: Task, { reason }: { readonly reason: string }): NewMail {
  const { ordinal, title, state } = task;
  return {
    to: "supervisor",
    from: { kind: "product" },
    subject: `Task ${ordinal} is ${state}`,
    body: `Task ${ordinal} “${title}”: ${reason}${leftBehind(applied(view, { tasks: [task] }))}`,
  };
}

/** Nothing retries a task: what waits for one that ended waits for its supervisor. */
function leftBehind({ tasks }: EpicView): string {
  const stuck = waitingInVain(tasks).map(({ ordinal, title }) => `- task ${ordinal} “${title}”`);
  if (stuck.length === 0) return "";
  return `\n\nThese depend on a task that did not land, so they can never start:\n${stuck.join("\n")}\nCancel each with epic_cancel_task; where its work is still wanted, create another task that does not depend on what is gone.`;
}
