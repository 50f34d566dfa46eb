/** What exists only in a given state. Commits are full hexadecimal object names. */
export type TaskState =
  | { readonly state: "PENDING" }
  | { readonly state: "BLOCKED"; readonly reason: string }
  | { readonly state: "IN_PROGRESS" }
  | { readonly state: "PENDING_REVIEW" }
  | { readonly state: "CHANGES_REQUESTED" }
  | { readonly state: "APPROVED"; readonly approvedSha: string }
  | { readonly state: "NEEDS_REBASE" }
  | { readonly state: "PUBLISHING"; readonly approvedSha: string; readonly mergeSha: string }
  | { readonly state: "COMPLETED"; readonly mergeSha: string }
  | { readonly state: "FAILED"; readonly reason: string }
  | { readonly state: "CANCELLED"; readonly reason: string };

/** One unit of an epic's plan: one sub-issue, one worktree, one pull request. */
export type Task = TaskState & {
  /** 1, 2, 3 … within the epic, in order of planning. Our own name for it until GitHub has one. */
  readonly ordinal: number;
  readonly title: string;
  readonly description: string;
  readonly acceptance: readonly string[];
  readonly dependsOn: readonly number[];
  /** True once its sub-issue has been asked for: asked once, whatever happens to the asking. */
  readonly issueAsked: boolean;
  /** null until the sub-issue exists on GitHub. */
  readonly issueNumber: number | null;
  readonly issueId: number | null;
  /** Pinned once the issue number is known: `ff/task-<issue>-<slug>`. */
  readonly branch: string | null;
  /** The epic's tip this task's branch started from. */
  readonly baseSha: string | null;
  /** The newest commit of the task's branch; null before the first. */
  readonly headSha: string | null;
  /** Set between `git_rebase` with conflicts and the commit that resolves them. */
  readonly mergeParentSha: string | null;
  readonly submittedSha: string | null;
  /** Place in the merge queue: a number that grows with every (re)submission of the epic. */
  readonly queuePlace: number | null;
  readonly summary: string | null;
  readonly pullRequest: number | null;
  readonly attempts: number;
};

/** True once a task needs no agent any more. */
export function taskHasEnded(task: TaskState): boolean {
  return task.state === "COMPLETED" || task.state === "FAILED" || task.state === "CANCELLED";
}
