import type { Agent, AgentKey } from "./agent.ts";
import type { Effect } from "./effect.ts";
import type { Epic, EpicState } from "./epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { Mail } from "./mail.ts";
import { settingsAfter } from "./profile-settings.ts";
import type { Refusal } from "./refusal.ts";
import type { Task, TaskState } from "./task.ts";

// Building blocks of decisions: one decision after another gives one decision.

/** The epic in a new state, keeping what does not depend on the state. */
export function epicIn(epic: Epic, state: EpicState): Epic {
  const { id, repository, issueNumber, title, body, author, plan, planAccepted } = epic;
  const { verifyCommand, branch, baseBranch, baseSha, tipSha } = epic;
  const { pullRequest, pullRequestIsDraft, planRevision, planShownBy } = epic;
  const asked = { plan, planAccepted, planRevision, planShownBy };
  const base = { id, repository, issueNumber, title, body, author, ...asked };
  const git = { verifyCommand, branch, baseBranch, baseSha, tipSha };
  return { ...base, ...git, pullRequest, pullRequestIsDraft, ...state };
}

/** The task in a new state, keeping what does not depend on the state. */
export function taskIn(task: Task, state: TaskState): Task {
  const { ordinal, title, description, acceptance, dependsOn, issueNumber, issueId } = task;
  const { branch, baseSha, headSha, mergeParentSha, submittedSha, queuePlace } = task;
  const { summary, pullRequest, attempts, issueAsked } = task;
  const plan = { ordinal, title, description, acceptance, dependsOn, issueNumber, issueId };
  const git = { branch, baseSha, headSha, mergeParentSha, submittedSha, queuePlace };
  return { ...plan, ...git, summary, pullRequest, attempts, issueAsked, ...state };
}

/** What the epic would look like with a decision stored. New mail counts as unread. */
export function applied(view: EpicView, decision: Decision): EpicView {
  const lastMail = view.unreadMail.at(-1)?.id ?? 0;
  const newMail: readonly Mail[] = (decision.mail ?? []).map((mail, index) => ({
    ...mail,
    id: lastMail + 1 + index,
    read: false,
  }));
  const settled = new Set(decision.mailSettled ?? []);
  return {
    epic: decision.epic ?? view.epic,
    tasks: merged(view.tasks, decision.tasks ?? [], (task) => task.ordinal),
    agents: merged(view.agents, decision.agents ?? [], (agent) => agent.key),
    unreadMail: [...view.unreadMail.filter(({ id }) => !settled.has(id)), ...newMail],
    notices: noticesAfter(view.notices, decision),
    approvals: merged(view.approvals, decision.approvals ?? [], ({ id }) => id),
    profileSettings: settingsAfter(view.profileSettings, decision.profileChanges ?? []),
    questions: merged(view.questions, decision.questions ?? [], ({ number }) => number),
  };
}

/** `first`, then `second`: where both name a noun, `second` has the last word. */
export function both(first: Decision, second: Decision): Decision {
  const epic = second.epic ?? first.epic;
  const mailSettled = [...(first.mailSettled ?? []), ...(second.mailSettled ?? [])];
  const notices = noticesAfter(first.notices ?? [], second);
  const noticesOver = [...(first.noticesOver ?? []), ...(second.noticesOver ?? [])];
  const budgets = [...(first.budgets ?? []), ...(second.budgets ?? [])];
  const approvals = merged(first.approvals ?? [], second.approvals ?? [], ({ id }) => id);
  const profileChanges = [...(first.profileChanges ?? []), ...(second.profileChanges ?? [])];
  const questions = merged(first.questions ?? [], second.questions ?? [], ({ number }) => number);
  return {
    ...(epic ? { epic } : {}),
    ...(questions.length === 0 ? {} : { questions }),
    ...(approvals.length === 0 ? {} : { approvals }),
    ...(profileChanges.length === 0 ? {} : { profileChanges }),
    ...(mailSettled.length === 0 ? {} : { mailSettled }),
    ...(notices.length === 0 ? {} : { notices }),
    ...(noticesOver.length === 0 ? {} : { noticesOver }),
    ...(budgets.length === 0 ? {} : { budgets }),
    tasks: merged(first.tasks ?? [], second.tasks ?? [], (task) => task.ordinal),
    agents: merged(first.agents ?? [], second.agents ?? [], (agent) => agent.key),
    mail: [...(first.mail ?? []), ...(second.mail ?? [])],
    effects: [...(first.effects ?? []), ...(second.effects ?? [])],
  };
}

/** What is over goes first: told in the same decision, it counts. */
function noticesAfter(
  known: readonly string[],
  { notices = [], noticesOver = [] }: Decision,
): readonly string[] {
  return [...new Set([...known.filter((one) => !noticesOver.includes(one)), ...notices])];
}

/** Decides step after step, each on what the ones before it left. */
export function inTurn(view: EpicView, steps: readonly ((view: EpicView) => Decision)[]): Decision {
  return steps.reduce<Decision>((sum, step) => both(sum, step(applied(view, sum))), {});
}

/** The task with this ordinal; null when there is none. */
export function taskOf(view: EpicView, ordinal: number): Task | null {
  return view.tasks.find((task) => task.ordinal === ordinal) ?? null;
}

/** The agent with this key; null when there is none. */
export function agentOf(view: EpicView, key: AgentKey): Agent | null {
  return view.agents.find((agent) => agent.key === key) ?? null;
}

/** The refusal for a task number that the model made up. */
export function noSuchTask(view: EpicView, ordinal: number): Refusal {
  const known = view.tasks.map((task) => task.ordinal).join(", ");
  return {
    refused: "no-such-task",
    detail: `There is no task ${ordinal}. The epic's tasks are: ${known === "" ? "none yet" : known}.`,
  };
}

/** The effect that shows a task's state as a label on its sub-issue. */
export function labelTask(task: Task): Effect {
  return {
    kind: "setStateLabel",
    thread: { on: "task", task: task.ordinal },
    state: task.state,
  };
}

/** The effect that shows the epic's state as a label on its issue. */
export function labelEpic(epic: Epic): Effect {
  return { kind: "setStateLabel", thread: { on: "epic" }, state: epic.state };
}

function merged<Noun, Key>(
  before: readonly Noun[],
  after: readonly Noun[],
  keyOf: (noun: Noun) => Key,
): readonly Noun[] {
  const replaced = new Map(after.map((noun) => [keyOf(noun), noun]));
  const kept = before.map((noun) => replaced.get(keyOf(noun)) ?? noun);
  const known = new Set(before.map(keyOf));
  return [...kept, ...after.filter((noun) => !known.has(keyOf(noun)))];
}
