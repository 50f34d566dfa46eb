import type { Surface } from "./define-command.ts";

/** Threads about the whole epic; in a task's thread "cancel" would be taken to mean the task. */
export const epicThreads: readonly Surface[] = ["epic", "epicPullRequest"];

export const everyThread: readonly Surface[] = [
  "epic",
  "task",
  "taskPullRequest",
  "epicPullRequest",
];
