import { agentOf, epicIn, labelEpic, noSuchTask, taskOf } from "./decision.ts";
import type { Actor, Epic } from "./epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { PlannedTask } from "./message.ts";
import { nothingWaits } from "./nothing-waits.ts";
import type { Refusal } from "./refusal.ts";
import { resembling } from "./resemblance.ts";
import type { Task } from "./task.ts";
import { endedInVain } from "./waiting-in-vain.ts";

export type TaskRequest = {
  readonly title: string;
  readonly description: string;
  readonly acceptance: readonly string[];
  readonly dependsOn: readonly number[];
  /** Why a task that resembles another is wanted all the same (L7); null to be refused then. */
  readonly insist: string | null;
};

/** A supervisor's new task: planned while the plan is open, made at once when it is accepted. */
export function createTask(view: EpicView, request: TaskRequest): Decision | Refusal {
  if (view.epic.state !== "IN_PROGRESS")
    return {
      refused: "wrong-state",
      detail: `The epic is ${view.epic.state}; tasks are created while it is IN_PROGRESS.`,
    };
  const missing = request.dependsOn.find((ordinal) => taskOf(view, ordinal) === null);
  if (missing !== undefined) return noSuchTask(view, missing);
  const dead = request.dependsOn.flatMap((one) => deadDependency(view, one))[0];
  if (dead) return dead;
  const alike = resembling(view.tasks, request);
  if (alike && request.insist === null)
    return {
      refused: "resembles",
      detail: `This resembles task ${alike.ordinal} “${alike.title}” (similarity ${alike.score.toFixed(2)}). Edit that one, or call again with insist and the reason.`,
    };
  const ordinal = Math.max(0, ...view.tasks.map((task) => task.ordinal)) + 1;
  return { tasks: [plannedTask(ordinal, request)] };
}

/** What did not land will never let go what waits for it. */
function deadDependency(view: EpicView, ordinal: number): readonly Refusal[] {
  const task = taskOf(view, ordinal);
  if (!task || !endedInVain(task)) return [];
  const detail = `Task ${ordinal} is ${task.state}: what depends on it can never start. Depend on another task, or on none.`;
  return [{ refused: "never-lands", detail }];
}

function plannedTask(ordinal: number, request: TaskRequest): Task {
  return {
    ordinal,
    title: request.title,
    description: request.description,
    acceptance: request.acceptance,
    dependsOn: request.dependsOn,
    issueAsked: false,
    issueNumber: null,
    issueId: null,
    branch: null,
    baseSha: null,
    headSha: null,
    mergeParentSha: null,
    submittedSha: null,
    queuePlace: null,
    summary: null,
    pullRequest: null,
    attempts: 0,
    state: "PENDING",
  };
}

/** Only before the dependent task started: later its branch already stands where it stands. */
export function addDependency(
  view: EpicView,
  { task: ordinal, dependsOn }: { readonly task: number; readonly dependsOn: number },
): Decision | Refusal {
  const task = taskOf(view, ordinal);
  if (!task) return noSuchTask(view, ordinal);
  if (!taskOf(view, dependsOn)) return noSuchTask(view, dependsOn);
  const shown = planIsShown(view);
  if (shown) return shown;
  if (task.dependsOn.includes(dependsOn)) return {};
  if (task.state !== "PENDING")
    return {
      refused: "wrong-state",
      detail: `Task ${ordinal} is ${task.state}; a dependency can be added while it is PENDING.`,
    };
  const [dead] = deadDependency(view, dependsOn);
  if (dead) return dead;
  if (reaches(view, dependsOn, ordinal))
    return { refused: "cycle", detail: `Task ${dependsOn} already waits for task ${ordinal}.` };
  return {
    tasks: [{ ...task, dependsOn: [...task.dependsOn, dependsOn] }],
    effects: task.issueAsked ? [{ kind: "addDependency", task: ordinal, dependsOn }] : [],
  };
}

/** What a person approves is what they were shown: while it waits for them, it stays (L4). */
export function planIsShown({ epic }: EpicView): Refusal | null {
  const state = epic.state === "PAUSED" ? epic.from : epic.state;
  if (state !== "NEEDS_PLAN_APPROVAL") return null;
  return {
    refused: "plan-shown",
    detail:
      "The plan waits for a person's approval as they were shown it. Change it once they have decided: /ff deny brings it back to you.",
  };
}

/** True as well for a task and itself. */
function reaches(view: EpicView, from: number, target: number): boolean {
  const seen = new Set<number>();
  const open = [from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === target) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(taskOf(view, next)?.dependsOn ?? []));
  }
  return false;
}

/** The supervisor has planned: a human approves first where the plan says `ask` (L4). */
export function planDone(view: EpicView, noteText: string): Decision | Refusal {
  const { epic, tasks } = view;
  if (tasks.length === 0)
    return {
      refused: "no-tasks",
      detail: "The plan has no task. Create at least one, ask the human, or fail the epic.",
    };
  if (epic.planAccepted) return {};
  if (epic.state !== "IN_PROGRESS")
    return { refused: "wrong-state", detail: `The epic is ${epic.state}.` };
  if (epic.plan === "auto") return { epic: { ...epic, planAccepted: true } };
  const revision = epic.planRevision + 1;
  const asked: Epic = { ...epic, planRevision: revision, planShownBy: null };
  const next = epicIn(asked, { state: "NEEDS_PLAN_APPROVAL" });
  return {
    epic: next,
    effects: [
      labelEpic(next),
      {
        kind: "say",
        thread: { on: "epic" },
        message: { kind: "planForApproval", revision, tasks: tasks.map(asPlanned), noteText },
      },
    ],
  };
}

/** A task as people read of it before it has started. */
export function asPlanned({ ordinal, issueNumber, title, dependsOn }: Task): PlannedTask {
  return { ordinal, issueNumber, titleText: title, dependsOn };
}

/** Whose word on the plan that waits, and in which comment. */
type PlanAnswer = { readonly by: Actor; readonly commentId: number };

/** A human's word that the plan they were shown may be worked on (L4). */
export function approvePlan(view: EpicView, answer: PlanAnswer): Decision | Refusal {
  const refusal = whyNoAnswer(view, answer);
  if (refusal) return refusal;
  const epic = epicIn({ ...view.epic, planAccepted: true }, { state: "IN_PROGRESS" });
  return { epic, effects: [labelEpic(epic)] };
}

/** The reason goes to the supervisor, who plans again. */
export function denyPlan(
  view: EpicView,
  { reason, ...answer }: PlanAnswer & { readonly reason: string },
): Decision | Refusal {
  const refusal = whyNoAnswer(view, answer);
  if (refusal) return refusal;
  const { by } = answer;
  const epic = epicIn(view.epic, { state: "IN_PROGRESS" });
  return {
    epic,
    mail: agentOf(view, "supervisor")
      ? [
          {
            to: "supervisor",
            from: { kind: "human", actor: by },
            subject: "The plan was not approved",
            body: reason === "" ? "No reason was given. Ask if you need one." : reason,
          },
        ]
      : [],
    effects: [
      labelEpic(epic),
      {
        kind: "say",
        thread: { on: "epic" },
        message: { kind: "planDenied", by: by.login, reasonText: reason },
      },
    ],
  };
}

/** Nobody can mean a plan that they had not been shown when they wrote. */
function whyNoAnswer(view: EpicView, { by, commentId }: PlanAnswer): Refusal | null {
  const { epic } = view;
  if (epic.state !== "NEEDS_PLAN_APPROVAL") return nothingWaits(view, by);
  if (epic.planShownBy !== null && epic.planShownBy < commentId) return null;
  return {
    refused: "not-shown",
    detail: `The plan that waits now, plan ${epic.planRevision} of this epic, had not been shown yet when you wrote this. Nothing was decided: read it in its comment, then write the command again.`,
  };
}

/** GitHub takes no comment with the plan: what people decide on then is the status comment's table. */
export function planNotShown(view: EpicView, revision: number): Decision {
  if (view.epic.planRevision !== revision || view.epic.planShownBy !== null) return {};
  return { epic: { ...view.epic, planShownBy: 0 } };
}
