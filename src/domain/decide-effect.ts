import { type AgentKey, taskOfAgent } from "./agent.ts";
import { failEpic } from "./decide-epic.ts";
import { lifeNotStarted } from "./decide-life-end.ts";
import { planNotShown } from "./decide-plan.ts";
import { endTask } from "./decide-task.ts";
import { both, taskOf } from "./decision.ts";
import type { Effect } from "./effect.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { NewMail } from "./mail.ts";
import type { RestartRules } from "./restarts.ts";

/** What is known about an effect that will never be done. */
export type RefusedEffect = {
  readonly effect: Effect;
  readonly reason: string;
  /** For people to quote: finds the effect in the logs. */
  readonly id: string;
  /** A mistake of ours, which is always the human's to know (A4). */
  readonly isBug?: boolean;
  readonly restarts: RestartRules;
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
      return unmade(view, effect.task, refused);
    case "startLife":
      return lifeNotStarted(view, effect.agent, reason, refused.restarts);
    case "pushTaskBranch":
    case "openTaskPullRequest":
      return { mail: [toldSupervisor(effect.task, refused)], ...toldHuman(refused) };
    case "openEpicPullRequest":
    case "markEpicPullRequestReady":
    case "linkTaskIssue":
    case "editTaskIssue":
    case "reopenTaskIssue":
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
      return effect.message.kind === "planForApproval"
        ? planNotShown(view, effect.message.revision)
        : {};
    case "react":
    case "setStateLabel":
    case "deleteTaskBranch":
    case "stopLife":
    case "removeWorktree":
      return {};
    case "hostOperation":
      return operationFailed(effect.agent, refused);
    default:
      return effect satisfies never;
  }
}

/** Its supervisor learns of the failed task by mail; why GitHub refuses is people's to mend. */
function unmade(view: EpicView, ordinal: number, refused: RefusedEffect): Decision {
  const task = taskOf(view, ordinal);
  if (task?.state !== "PENDING") return {};
  const reason = `Its sub-issue could not be made: ${refused.reason}`;
  return both(endTask(view, task, { state: "FAILED", reason }), toldHuman(refused));
}

/** Whoever asked is answered with an error; whoever can help is told (A4). */
function operationFailed(agent: AgentKey, refused: RefusedEffect): Decision {
  const task = taskOfAgent(agent);
  if (task === null) return toldHuman(refused);
  return {
    ...(refused.isBug ? toldHuman(refused) : {}),
    mail: [
      {
        to: "supervisor",
        from: { kind: "product" },
        subject: `Task ${task}: its host could not do what the worker asked`,
        body: `${refused.reason}\n\nIn the log it is ${refused.id}. Help the worker by mail, retry or cancel the task, or ask the human.`,
      },
    ],
  };
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
