import { type Agent, workerKey } from "./agent.ts";
import { endTaskEffects, pauseUntilMended } from "./decide-epic.ts";
import { agentOf, inTurn, labelTask, taskIn, taskOf } from "./decision.ts";
import type { Effect } from "./effect.ts";
import { epicHasEnded } from "./epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { Refusal } from "./refusal.ts";
import type { Task } from "./task.ts";

export type Landing = Extract<Task, { readonly state: "APPROVED" | "PUBLISHING" }>;

/**
 * What the queue works on now: a landing that is being published, or an approved front. Without its
 * pull request a head waits: once landed, GitHub opens none, as there is nothing left to merge.
 */
export function nextLanding(view: EpicView): Landing | null {
  const front = frontOfQueue(view);
  if (front?.state === "PUBLISHING") return front;
  if (front?.state !== "APPROVED" || front.pullRequest === null) return null;
  return view.epic.state === "IN_PROGRESS" ? front : null;
}

/**
 * The first entry of the epic's merge queue, whatever its state: the line is the submissions in
 * order, and one that still waits for its review holds its place.
 */
function frontOfQueue(view: EpicView): Task | null {
  const line = view.tasks
    .filter((task) => ["PENDING_REVIEW", "APPROVED", "PUBLISHING"].includes(task.state))
    .sort((one, other) => (one.queuePlace ?? 0) - (other.queuePlace ?? 0));
  return line.find((task) => task.state === "PUBLISHING") ?? line[0] ?? null;
}

/** From here only the remote branch decides (Q2a): entered when nothing speaks against it. */
export function beginPublishing(
  view: EpicView,
  landing: {
    readonly task: number;
    readonly headSha: string;
    readonly mergeSha: string;
  },
): Decision | Refusal {
  const task = taskOf(view, landing.task);
  if (view.epic.state !== "IN_PROGRESS")
    return { refused: "withdrawn", detail: `The epic is ${view.epic.state}.` };
  if (task?.state !== "APPROVED" || task.approvedSha !== landing.headSha)
    return {
      refused: "withdrawn",
      detail: `Task ${landing.task} is no longer approved at ${landing.headSha}.`,
    };
  if (view.tasks.some((other) => other.state === "PUBLISHING"))
    return { refused: "busy", detail: "Another landing of this epic is being published." };
  const { headSha, mergeSha } = landing;
  return { tasks: [taskIn(task, { state: "PUBLISHING", approvedSha: headSha, mergeSha })] };
}

/**
 * The remote branch moved without our commit: the landing starts anew on the new tip, unless the
 * epic has ended without it.
 */
export function publishingLost(view: EpicView, ordinal: number, tipSha: string): Decision {
  const task = taskOf(view, ordinal);
  if (task?.state !== "PUBLISHING") return {};
  if (epicHasEnded(view.epic)) {
    const reason = `The epic was ${view.epic.state} before it landed.`;
    const cancelled = taskIn(task, { state: "CANCELLED", reason });
    return { tasks: [cancelled], effects: endTaskEffects(cancelled) };
  }
  return {
    epic: { ...view.epic, tipSha },
    tasks: [taskIn(task, { state: "APPROVED", approvedSha: task.approvedSha })],
  };
}

/** A rule keeps our commit off the epic branch: the landing is taken back until a person mends that. */
export function publishingRefused(
  view: EpicView,
  ordinal: number,
  { tipSha, reason }: { readonly tipSha: string; readonly reason: string },
): Decision {
  if (taskOf(view, ordinal)?.state !== "PUBLISHING") return {};
  const why = `Task ${ordinal} cannot be published to ${view.epic.branch}: ${reason}`;
  return inTurn(view, [
    (now) => publishingLost(now, ordinal, tipSha),
    (now) => pauseUntilMended(now, why),
  ]);
}

/** The commit was seen on the remote epic branch: the task is complete (L12a, Q12). */
export function landed(view: EpicView, ordinal: number): Decision {
  const task = taskOf(view, ordinal);
  if (task?.state !== "PUBLISHING") return {};
  const { mergeSha } = task;
  const next = taskIn(task, { state: "COMPLETED", mergeSha });
  const worker = agentOf(view, workerKey(ordinal));
  const agents: readonly Agent[] = worker ? [{ ...worker, state: "DONE" }] : [];
  return {
    epic: { ...view.epic, tipSha: mergeSha },
    tasks: [next],
    agents,
    effects: [...agents.flatMap(doneEffects), ...landedEffects(view, next, mergeSha)],
  };
}

function doneEffects(agent: Agent): readonly Effect[] {
  return [
    { kind: "stopLife", agent: agent.key, reason: "its task has landed" },
    { kind: "removeWorktree", agent: agent.key },
  ];
}

function landedEffects(view: EpicView, task: Task, mergeSha: string): readonly Effect[] {
  const opensPullRequest =
    !epicHasEnded(view.epic) && !view.tasks.some((other) => other.state === "COMPLETED");
  const thread = { on: "task", task: task.ordinal } as const;
  return [
    ...(opensPullRequest ? [{ kind: "openEpicPullRequest" } as const] : []),
    labelTask(task),
    {
      kind: "say",
      thread,
      message: { kind: "taskLanded", mergeSha, branch: view.epic.branch },
    },
    { kind: "closeTaskIssue", task: task.ordinal, reason: "completed" },
    { kind: "settleTaskPullRequest", task: task.ordinal, mergeSha },
    { kind: "deleteTaskBranch", task: task.ordinal },
  ];
}

/** Only a real conflict or a failed verify goes back to the worker, with what it needs (Q3). */
export function sendBack(
  view: EpicView,
  back: {
    readonly task: number;
    readonly headSha: string;
    readonly cause: "conflict" | "verifyFailed";
    readonly files: readonly string[];
    readonly output: string;
  },
): Decision {
  const task = taskOf(view, back.task);
  if (task?.state !== "APPROVED" || task.approvedSha !== back.headSha) return {};
  const { cause, files, output } = back;
  const next = taskIn(
    { ...task, queuePlace: null },
    { state: cause === "conflict" ? "NEEDS_REBASE" : "CHANGES_REQUESTED" },
  );
  return {
    tasks: [next],
    mail: [
      {
        to: workerKey(task.ordinal),
        from: { kind: "product" },
        subject: cause === "conflict" ? "Your branch conflicts" : "Verify failed",
        body: sentBackBody(back),
      },
    ],
    effects: [
      {
        kind: "say",
        thread: { on: "taskPullRequest", task: task.ordinal },
        message: { kind: "sentBack", cause, files, outputText: output },
      },
      labelTask(next),
    ],
  };
}

function sentBackBody(back: {
  readonly cause: string;
  readonly files: readonly string[];
  readonly output: string;
}): string {
  if (back.cause === "conflict")
    return `Your branch no longer merges with the epic branch in: ${back.files.join(", ")}.\nCall git_rebase, resolve the conflict markers, run the tests, git_commit, task_submit.\n\n${back.output}`;
  return `Merged with the epic branch, your work fails the repository's checks. Call git_rebase to get the epic's newest state, mend it, git_commit, task_submit. Output:\n\n${back.output}`;
}
