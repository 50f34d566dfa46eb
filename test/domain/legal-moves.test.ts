import { expect, test } from "vitest";
import { addTask } from "../../src/domain/add-task.ts";
import { giveWay } from "../../src/domain/decide-agent.ts";
import { editTask } from "../../src/domain/decide-edit.ts";
import {
  cancelEpic,
  completeEpic,
  failEpic,
  pauseEpic,
  resumeEpic,
} from "../../src/domain/decide-epic.ts";
import { landed, publishingLost, sendBack } from "../../src/domain/decide-landing.ts";
import { lifeEnded, lifeNotStarted } from "../../src/domain/decide-life-end.ts";
import { askHuman, blockTask, takeComment, unblockTask } from "../../src/domain/decide-question.ts";
import { retryTask } from "../../src/domain/decide-retry.ts";
import { cancelTask, giveUpTask, submitTask } from "../../src/domain/decide-task.ts";
import { both } from "../../src/domain/decision.ts";
import type { Epic } from "../../src/domain/epic.ts";
import type { Decision, EpicView } from "../../src/domain/epic-view.ts";
import { isRefusal, type Refusal } from "../../src/domain/refusal.ts";
import { defaultRestartRules as restarts } from "../../src/domain/restarts.ts";
import { settle } from "../../src/domain/settle.ts";
import { type AgentStateName, agentStates } from "../../src/domain/states.ts";
import type { Task, TaskState } from "../../src/domain/task.ts";
import { agentMoves, epicMoves, taskMoves } from "../../src/domain/transitions.ts";
import {
  anAgent,
  anEpic,
  anyBounds,
  aTask,
  completed,
  headOf,
  mailTo,
  person,
  profilesOf,
  sha,
  viewOf,
} from "../support/epic-view.ts";

// Whatever stores a decision refuses a move that is not in the tables. So every decision is tried
// here on every task with every agent that can be together.

const by = { by: person, reason: "" };
const rules = { maxWorkers: 2, profiles: profilesOf("opus", "sonnet"), bounds: anyBounds };
const crash = { how: "crashed", reason: "killed", lastScreen: "", ageMs: 90_000 } as const;
const weather = { how: "weather", reason: "429", before: 1, heldForMs: null } as const;
const unable = { how: "unable", reason: "no such program" } as const;
const last = { ...restarts, maxCrashes: 1 };
const worker = "worker/1";
const questions = { context: "", questions: ["Red?"], agent: "supervisor-12" };
const letter = { subject: "A comment", body: "Red." };
const kept = { title: null, description: null, acceptance: null };

const decisions: Readonly<Record<string, (view: EpicView) => Decision | Refusal>> = {
  submitTask: (view) => submitTask(view, 1, "Done."),
  giveUpTask: (view) => giveUpTask(view, 1, "No way."),
  cancelTask: (view) => cancelTask(view, 1, "Not wanted."),
  blockTask: (view) => blockTask(view, 1, "Open.", questions),
  unblockTask: (view) => unblockTask(view, 1, "Red."),
  askHuman: (view) => askHuman(view, questions),
  takeComment: (view) => takeComment(view, { to: "supervisor", by: person, ...letter }),
  editTask: (view) => editTask(view, 1, { ...kept, title: "Other" }, { kind: "product" }),
  retryTask: (view) => retryTask(view, 1, "Once more."),
  addTask: (view) => addTask(view, { title: "Another", by: person }),
  landed: (view) => landed(view, 1),
  publishingLost: (view) => publishingLost(view, 1, sha(5)),
  sendBack: (view) =>
    sendBack(view, {
      ...{ task: 1, headSha: headOf(1), cause: "conflict" as const, files: [], output: "" },
    }),
  crash: (view) => lifeEnded(view, { agent: worker, life: 1, end: crash }, restarts),
  lastCrash: (view) => lifeEnded(view, { agent: worker, life: 1, end: crash }, last),
  asleep: (view) => lifeEnded(view, { agent: worker, life: 1, end: { how: "asleep" } }, restarts),
  weather: (view) => lifeEnded(view, { agent: worker, life: 1, end: weather }, restarts),
  unable: (view) => lifeEnded(view, { agent: worker, life: 1, end: unable }, restarts),
  giveWay: (view) => giveWay(view, worker),
  notStarted: (view) => lifeNotStarted(view, worker, "no memory", restarts),
  neverStarted: (view) => lifeNotStarted(view, worker, "no memory", last),
  supervisorCrash: (view) => lifeEnded(view, { agent: "supervisor", life: 1, end: crash }, last),
  pauseEpic: (view) => pauseEpic(view, by),
  resumeEpic: (view) => resumeEpic(view, by),
  cancelEpic: (view) => cancelEpic(view, by),
  completeEpic: (view) => completeEpic(view, sha(9)),
  failEpic: (view) => failEpic(view, "No way."),
  settle: () => ({}),
};

const taskStates: readonly TaskState[] = [
  { state: "IN_PROGRESS" },
  { state: "BLOCKED", reason: "Open." },
  { state: "PENDING_REVIEW" },
  { state: "CHANGES_REQUESTED" },
  { state: "APPROVED", approvedSha: headOf(1) },
  { state: "NEEDS_REBASE" },
  { state: "PUBLISHING", approvedSha: headOf(1), mergeSha: sha(201) },
  { state: "COMPLETED", mergeSha: sha(201) },
  { state: "FAILED", reason: "No way." },
  { state: "CANCELLED", reason: "Not wanted." },
];

const epics: readonly Epic[] = [
  anEpic(),
  anEpic({ state: "PAUSED", from: "IN_PROGRESS", reason: "lunch" }),
  anEpic({ state: "AWAITING_HUMAN_REVIEW" }),
  anEpic({ state: "NEEDS_ANSWER" }, { planAccepted: false }),
  anEpic({ state: "IN_PROGRESS" }, { planAccepted: false }),
];

/** An ended task has an ended agent, and no other has. */
function canBeTogether(task: TaskState, agent: AgentStateName): boolean {
  const taskHasEnded = ["COMPLETED", "FAILED", "CANCELLED"].includes(task.state);
  return taskHasEnded === ["DONE", "FAILED", "KILLED"].includes(agent);
}

function worlds(): readonly EpicView[] {
  return epics.flatMap((epic) =>
    taskStates.flatMap((state) =>
      agentStates
        .filter((agent) => canBeTogether(state, agent))
        .map((agent) => {
          // A commit that was not submitted yet, so that a submission is possible.
          const tasks: readonly Task[] = [aTask(1, state, { headSha: sha(7) }), completed(2)];
          const agents = [
            anAgent("supervisor"),
            anAgent(worker, agent),
            anAgent("worker/2", "DONE"),
          ];
          return viewOf(tasks, { epic, agents, unreadMail: [mailTo(worker)] });
        }),
    ),
  );
}

function illegalMoves(before: EpicView, after: Decision): readonly string[] {
  const moves = [
    ...[before.epic].map((epic) => [epic.state, after.epic?.state, epicMoves[epic.state]] as const),
    ...before.tasks.map(({ ordinal, state }) => {
      const next = after.tasks?.find((task) => task.ordinal === ordinal);
      return [state, next?.state, taskMoves[state]] as const;
    }),
    ...before.agents.map(({ key, state }) => {
      const next = after.agents?.find((agent) => agent.key === key);
      return [state, next?.state, agentMoves[state]] as const;
    }),
  ];
  return moves.flatMap(([from, to, allowed]) => {
    const names: readonly string[] = allowed;
    return to === undefined || to === from || names.includes(to) ? [] : [`${from} to ${to}`];
  });
}

for (const [name, decide] of Object.entries(decisions)) {
  test(`${name} makes legal moves alone, whatever its task and agent are doing (L10, Q2a)`, () => {
    const illegal = worlds().flatMap((view) => {
      const decided = decide(view);
      if (isRefusal(decided)) return [];
      const whole = both(decided, settle(view, decided, rules));
      return illegalMoves(view, whole).map((move) => {
        const { epic, tasks, agents } = view;
        return `${move}: epic ${epic.state}, task ${tasks[0]?.state}, agent ${agents[1]?.state}`;
      });
    });

    expect(illegal).toEqual([]);
  });
}
