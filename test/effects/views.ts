import type { Epic } from "../../src/domain/epic.ts";
import type { EpicView } from "../../src/domain/epic-view.ts";
import type { Task } from "../../src/domain/task.ts";
import { defaultGitHubEffectLimits, type EffectContext } from "../../src/effects/context.ts";
import { type Shop, shoppingAt } from "./shop.ts";

export const epicBranch = "ff/epic-1-a-shop";

/** The epic of issue 1, in progress, its branch not made yet. */
export function epicOf({ repository }: Shop, change: Partial<Epic> = {}): Epic {
  const epic: Epic = {
    id: 7,
    repository,
    issueNumber: 1,
    title: "A shop",
    body: "Sell things.",
    author: { id: 3, login: "dana" },
    plan: "auto",
    planAccepted: true,
    planRevision: 0,
    planShownBy: null,
    verifyCommand: null,
    branch: epicBranch,
    baseBranch: "main",
    baseSha: null,
    tipSha: null,
    pullRequest: null,
    pullRequestIsDraft: false,
    state: "IN_PROGRESS",
  };
  // A change of state brings the fields of that state along: the test's literal says so.
  return { ...epic, ...change } as Epic;
}

/** A planned task that GitHub knows nothing of. */
export function taskOf(ordinal: number, change: Partial<Task> = {}): Task {
  const task: Task = {
    ordinal,
    title: `Part ${ordinal}`,
    description: `Build part ${ordinal}.`,
    acceptance: ["It works."],
    dependsOn: [],
    issueAsked: true,
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
  // As above: the literal in the test carries the fields of the state it names.
  return { ...task, ...change } as Task;
}

export function viewOf(epic: Epic, tasks: readonly Task[] = []): EpicView {
  return {
    epic,
    tasks,
    agents: [],
    unreadMail: [],
    notices: [],
    approvals: [],
    profileSettings: [],
    questions: [],
  };
}

/** The first try of an effect, with the real ports. */
export function firstTry(
  { github, git }: Shop,
  view: EpicView,
  change: Partial<EffectContext> = {},
): EffectContext {
  return {
    view,
    outboxKey: "k1",
    triedSince: null,
    now: shoppingAt,
    github,
    git,
    limits: defaultGitHubEffectLimits,
    ...change,
  };
}
