import { type Agent, agentHasEnded } from "./agent.ts";
import { both, epicIn, inTurn, labelEpic, taskIn } from "./decision.ts";
import type { Effect } from "./effect.ts";
import { type Actor, type Epic, epicHasEnded, type PausableState } from "./epic.ts";
import { summaryOf } from "./epic-summary.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import { mended } from "./held-up-run.ts";
import type { Profile } from "./profile.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import { type Task, taskHasEnded } from "./task.ts";

// What people do to a whole epic: by label, by closing its issue, by slash command.

/** The first decision of an epic: its branch is asked for and its supervisor started, at once. */
export function beginEpic(view: EpicView, profile: Profile): Decision {
  if (view.epic.state !== "QUEUED") return {};
  const epic = epicIn(view.epic, { state: "IN_PROGRESS" });
  const supervisor: Agent = {
    key: "supervisor",
    role: "supervisor",
    task: null,
    state: "STARTING",
    life: 0,
    crashes: 0,
    fastCrashes: 0,
    budgetHold: null,
    ...profile,
  };
  return {
    epic,
    agents: [supervisor],
    effects: [
      { kind: "startLife", agent: "supervisor" },
      { kind: "createEpicBranch" },
      labelEpic(epic),
      {
        kind: "say",
        thread: { on: "epic" },
        message: { kind: "epicStarted", branch: epic.branch, baseBranch: epic.baseBranch },
      },
    ],
  };
}

/** Holds an epic: its processes stop, its state is remembered for the resume. */
export function pauseEpic(
  view: EpicView,
  { by, reason }: { readonly by: Actor; readonly reason: string },
): Decision | Refusal {
  const { epic } = view;
  if (epic.state === "PAUSED") return wrongState(epic, "It is paused already.");
  if (epicHasEnded(epic)) return wrongState(epic, "It has ended, so there is nothing to pause.");
  // The cast only restates what the two checks above leave over.
  const from = epic.state as PausableState;
  const why = reason === "" ? `paused by ${by.login}` : reason;
  const next = epicIn(epic, { state: "PAUSED", from, reason: why });
  return { epic: next, ...stopAgents(view, "PAUSED", why), effects: stopEffects(view, next, why) };
}

function stopEffects(view: EpicView, next: Epic, why: string): readonly Effect[] {
  return [...liveAgents(view).map((agent) => stopLife(agent, why)), labelEpic(next)];
}

/** Holds an epic for a reason that only a person can mend, and tells them. */
export function pauseUntilMended(view: EpicView, reason: string): Decision {
  const paused = pauseEpic(view, { by: { id: 0, login: "FactoryFactory" }, reason });
  if (isRefusal(paused)) return {};
  return both(paused, { effects: [saidPaused(reason)] });
}

function saidPaused(reasonText: string): Effect {
  return { kind: "say", thread: { on: "epic" }, message: { kind: "epicPaused", reasonText } };
}

/** Goes on where a pause began. */
export function resumeEpic(view: EpicView, { by }: { readonly by: Actor }): Decision | Refusal {
  const { epic } = view;
  if (epic.state !== "PAUSED")
    return wrongState(epic, `It is not paused, so ${by.login} has nothing to resume.`);
  const next = epicIn(epic, { state: epic.from });
  const paused = view.agents.filter(
    ({ state, budgetHold }) => state === "PAUSED" && budgetHold === null,
  );
  return {
    ...mended(view),
    epic: next,
    agents: paused.map((agent): Agent => ({ ...agent, state: "STARTING" })),
    effects: [
      ...paused.map((agent): Effect => ({ kind: "startLife", agent: agent.key })),
      labelEpic(next),
    ],
  };
}

/** Ends an epic unfinished; refused while a task is being published (Q2a). */
export function cancelEpic(
  view: EpicView,
  { by, reason }: { readonly by: Actor; readonly reason: string },
): Decision | Refusal {
  if (epicHasEnded(view.epic)) return wrongState(view.epic, "It has ended already.");
  const publishing = view.tasks.find((task) => task.state === "PUBLISHING");
  if (publishing)
    return {
      refused: "being-published",
      detail: `Task ${publishing.ordinal} is being published to the epic branch right now; cancel again in a moment.`,
    };
  const why = reason === "" ? `cancelled by ${by.login}` : reason;
  const epic = epicIn(view.epic, { state: "CANCELLED", reason: why });
  return inTurn(view, [
    (now) => endTasks(now, why),
    (now) => endAgents(now, why),
    (now) => ({
      epic,
      effects: [
        ...(now.epic.pullRequest === null ? [] : [closeEpicPullRequest]),
        labelEpic(epic),
        ended(now, "CANCELLED", why),
        { kind: "closeEpicIssue", reason: "not_planned" },
      ],
    }),
  ]);
}

/**
 * A person closed what the epic lives on. What is being published cannot be taken back (Q2a): then
 * nothing else begins, and they are told how to end the epic after it.
 */
export function cancelAsClosed(
  view: EpicView,
  { by, reason }: { readonly by: Actor; readonly reason: string },
): Decision | Refusal {
  const cancelled = cancelEpic(view, { by, reason });
  if (!isRefusal(cancelled) || cancelled.refused !== "being-published") return cancelled;
  const why = `${reason}. ${cancelled.detail} Nothing else begins meanwhile: end the epic with /ff cancel, or go on with /ff resume.`;
  const paused = pauseEpic(view, { by, reason: why });
  return both(isRefusal(paused) ? {} : paused, { effects: [saidPaused(why)] });
}

const closeEpicPullRequest: Effect = { kind: "closeEpicPullRequest" };

/** The human merged the epic pull request: the epic is complete, whatever was unfinished is not (L11). */
export function completeEpic(view: EpicView, mergedSha: string): Decision {
  if (epicHasEnded(view.epic)) return {};
  const epic = epicIn(view.epic, { state: "COMPLETED", mergedSha });
  return inTurn(view, [
    (now) => endTasks(now, "The epic pull request was merged without it."),
    (now) => endAgents(now, "the epic is complete"),
    (now) => ({
      epic,
      effects: [
        labelEpic(epic),
        ended(now, "COMPLETED", ""),
        { kind: "closeEpicIssue", reason: "completed" },
        { kind: "deleteEpicBranch" },
      ],
    }),
  ]);
}

/** Failed for a reason that no retry mends, by the product, a supervisor or a human (L10). */
export function failEpic(view: EpicView, reason: string): Decision {
  if (epicHasEnded(view.epic)) return {};
  const epic = epicIn(view.epic, { state: "FAILED", reason });
  return inTurn(view, [
    (now) => endTasks(now, reason),
    (now) => endAgents(now, reason),
    (now) => ({ epic, effects: [labelEpic(epic), ended(now, "FAILED", reason)] }),
  ]);
}

function ended(
  view: EpicView,
  state: "COMPLETED" | "FAILED" | "CANCELLED",
  reason: string,
): Effect {
  return {
    kind: "say",
    thread: { on: "epic" },
    message: { kind: "epicEnded", state, reasonText: reason, summary: summaryOf(view.tasks) },
  };
}

function endTasks(view: EpicView, reason: string): Decision {
  const open = view.tasks.filter((task) => !taskHasEnded(task) && task.state !== "PUBLISHING");
  const tasks = open.map((task) => taskIn(task, { state: "CANCELLED", reason }));
  return { tasks, effects: tasks.flatMap(endTaskEffects) };
}

/** Pull request first, then issue, then branch: deleting a branch first would close them unexplained. */
export function endTaskEffects(task: Task): readonly Effect[] {
  if (!task.issueAsked) return [];
  const { ordinal, submittedSha } = task;
  return [
    ...(submittedSha === null ? [] : [{ kind: "closeTaskPullRequest", task: ordinal } as const]),
    { kind: "setStateLabel", thread: { on: "task", task: ordinal }, state: task.state },
    { kind: "closeTaskIssue", task: ordinal, reason: "not_planned" },
    ...(submittedSha === null ? [] : [{ kind: "deleteTaskBranch", task: ordinal } as const]),
  ];
}

/** Every agent is finished with; its process stops and its worktree goes. */
function endAgents(view: EpicView, reason: string): Decision {
  const open = view.agents.filter((agent) => !agentHasEnded(agent));
  return {
    agents: open.map((agent): Agent => ({ ...agent, state: "DONE" })),
    effects: open.flatMap((agent): readonly Effect[] => [
      stopLife(agent, reason),
      ...(agent.task === null ? [] : [{ kind: "removeWorktree", agent: agent.key } as const]),
    ]),
  };
}

function liveAgents(view: EpicView): readonly Agent[] {
  return view.agents.filter((agent) => !agentHasEnded(agent));
}

function stopAgents(view: EpicView, state: "PAUSED", _reason: string): Decision {
  return { agents: liveAgents(view).map((agent): Agent => ({ ...agent, state })) };
}

function stopLife(agent: Agent, reason: string): Effect {
  return { kind: "stopLife", agent: agent.key, reason };
}

function wrongState(epic: Epic, detail: string): Refusal {
  return { refused: "wrong-state", detail: `The epic is ${epic.state}. ${detail}` };
}
