import type { Task } from "./task.ts";

/** Whether a task ended without landing: what depends on it can never start. */
export function endedInVain(task: Task): boolean {
  return task.state === "FAILED" || task.state === "CANCELLED";
}

/** Tasks that can never start, as what they depend on, or what that depends on, did not land. */
export function waitingInVain(tasks: readonly Task[]): readonly Task[] {
  const dead = new Set(tasks.filter(endedInVain).map(({ ordinal }) => ordinal));
  // A blocker may have been planned after what waits for it: a pass finds at least one more.
  for (let before = -1; before !== dead.size; ) {
    before = dead.size;
    for (const task of tasks) if (waitsFor(task, dead)) dead.add(task.ordinal);
  }
  return tasks.filter((task) => waitsFor(task, dead));
}

function waitsFor(task: Task, dead: ReadonlySet<number>): boolean {
  return task.state === "PENDING" && task.dependsOn.some((ordinal) => dead.has(ordinal));
}
