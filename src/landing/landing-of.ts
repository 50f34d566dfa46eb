import type { Task } from "../domain/task.ts";
import type { Cause } from "../ports/epics.ts";

/** What history names as the cause of whatever the merge queue changes. */
export function landingOf(task: Task): Cause {
  return { what: `landing of task ${task.ordinal}`, actor: null };
}
