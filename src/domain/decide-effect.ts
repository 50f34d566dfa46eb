import { lifeNotStarted } from "./decide-agent.ts";
import { failEpic } from "./decide-epic.ts";
import { endTask } from "./decide-task.ts";
import { taskOf } from "./decision.ts";
import type { Effect } from "./effect.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { NewMail } from "./mail.ts";

/** What is known about an effect that will never be done. */
export type RefusedEffect = {
  readonly effect: Effect;
  readonly reason: string;
  /** For people to quote: finds the effect in the logs. */
  readonly id: string;
  readonly maxCrashes: number;
};

/**
 * What a permanent failure does to those behind it: where nothing can follow, the epic or the task
 * ends; elsewhere the lane goes on and whoever can help is told (Q6).
 */
export function effectRefused(view: EpicView, refused: RefusedEffect): Decision {
  const { effect, reason } = refused;
  switch (effect.kind) {
    case "createEpicBranch":
      return failEpic(view, `The epic branch could not be made: ${reason}`);
    case "createTaskIssue":
      return failTask(view, effect.task, `Its sub-issue could not be made: ${reason}`);
    case "startLife":
      return lifeNotStarted(view, effect.agent, reason, refused.maxCrashes);
    case "pushTaskBranch":
    case "openTaskPullRequest":
      return { mail: [toldSupervisor(effect.task, refused)], ...toldHuman(refused) };
    case "openEpicPullRequest":
    case "markEpicPullRequestReady":
    case "linkTaskIssue":
    case "addDependency":
    case "closeTaskIssue":
    case "closeEpicIssue":
    case "settleTaskPullRequest":
    case "closeTaskPullRequest":
    case "closeEpicPullRequest":
    case "deleteEpicBranch":
    case "review":
    case "publishVerdict":
      return toldHuman(refused);
    // Saying that something could not be said, labelled or tidied up would fail the same way, or
    // matter to nobody: the row and the log keep it.
    case "say":
    case "react":
    case "setStateLabel":
    case "deleteTaskBranch":
    case "stopLife":
    case "removeWorktree":
    case "hostOperation":
      return {};
    default:
      return effect satisfies never;
  }
}

function failTask(view: EpicView, ordinal: number, reason: string): Decision {
  const task = taskOf(view, ordinal);
  return task?.state === "PENDING" ? endTask(view, task, { state: "FAILED", reason }) : {};
}

function toldHuman({ effect, reason, id }: RefusedEffect): Decision {
  return {
    effects: [
      {
        kind: "say",
        thread: { on: "epic" },
        message: { kind: "effectFailed", effect: effect.kind, reasonText: reason, id },
      },
    ],
  };
}

function toldSupervisor(task: number, { effect, reason }: RefusedEffect): NewMail {
  return {
    to: "supervisor",
    from: { kind: "product" },
    subject: `Task ${task}: ${effect.kind} was refused by GitHub`,
    body: `${reason}\n\nA human has been told. Cancel the task or wait for an answer.`,
  };
}
