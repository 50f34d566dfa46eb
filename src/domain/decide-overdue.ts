import { taskOf } from "./decision.ts";
import type { Decision, EpicView } from "./epic-view.ts";

const minuteMs = 60_000;

/** What an epic remembers of having been told of a task's time: one for every multiple of the limit. */
export function overdueNotice(task: number, workedMs: number, limitMs: number): string {
  return `task ${task} took ${Math.floor(workedMs / limitMs)} limits`;
}

/** A task takes longer than its limit: its supervisor decides, asked once per limit (R1). */
export function tellOverdue(
  view: EpicView,
  { task: ordinal, workedMs }: { readonly task: number; readonly workedMs: number },
  limitMs: number,
): Decision {
  const task = taskOf(view, ordinal);
  const notice = overdueNotice(ordinal, workedMs, limitMs);
  if (!task || view.epic.state !== "IN_PROGRESS" || view.notices.includes(notice)) return {};
  const minutes = Math.floor(workedMs / minuteMs);
  return {
    notices: [notice],
    mail: [
      {
        to: "supervisor",
        from: { kind: "product" },
        subject: `Task ${ordinal} takes long`,
        body: `Task ${ordinal} “${task.title}” has been worked on for ${minutes} minutes; its limit is ${Math.floor(limitMs / minuteMs)}. Its state is ${task.state}, attempt ${task.attempts}. Decide: let it go on, mail its worker what to leave out, cancel it, or cancel it and plan smaller tasks.`,
      },
    ],
  };
}
