import type { Approval } from "./approval.ts";
import { taskOf } from "./decision.ts";
import type { EffectFact } from "./effect-fact.ts";
import type { Epic } from "./epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { Task } from "./task.ts";

/** Takes what performed effects taught into the nouns they are about. */
export function applyFacts(view: EpicView, facts: readonly EffectFact[]): Decision {
  const epic = facts.reduce(epicWith, view.epic);
  const tasks = view.tasks.map((task) => facts.reduce(taskWith, task));
  const changed = tasks.filter((task) => task !== taskOf(view, task.ordinal));
  const approvals = view.approvals.map((one) => facts.reduce(approvalWith, one));
  const shown = approvals.filter((one, index) => one !== view.approvals[index]);
  return {
    ...(epic === view.epic ? {} : { epic }),
    tasks: changed,
    ...(shown.length === 0 ? {} : { approvals: shown }),
  };
}

function epicWith(epic: Epic, fact: EffectFact): Epic {
  switch (fact.kind) {
    case "epicBranchMade":
      return { ...epic, baseSha: fact.baseSha, tipSha: epic.tipSha ?? fact.tipSha };
    case "epicPullRequestOpened":
      return { ...epic, pullRequest: fact.number, pullRequestIsDraft: fact.draft };
    case "epicPullRequestReady":
      return { ...epic, pullRequestIsDraft: false };
    case "planShown":
      return fact.revision === epic.planRevision ? { ...epic, planShownBy: fact.commentId } : epic;
    case "taskIssueMade":
    case "taskBranchPushed":
    case "taskPullRequestOpened":
    case "statusCommentMade":
    case "commentMade":
    case "approvalShown":
      return epic;
    default:
      return fact satisfies never;
  }
}

function taskWith(task: Task, fact: EffectFact): Task {
  if (!("task" in fact) || fact.task !== task.ordinal) return task;
  switch (fact.kind) {
    case "taskIssueMade":
      return { ...task, issueNumber: fact.issueNumber, issueId: fact.issueId };
    case "taskPullRequestOpened":
      return { ...task, pullRequest: fact.number };
    case "taskBranchPushed":
      return task;
    default:
      return fact satisfies never;
  }
}

function approvalWith(approval: Approval, fact: EffectFact): Approval {
  if (fact.kind !== "approvalShown" || fact.id !== approval.id) return approval;
  return { ...approval, commentId: fact.commentId };
}
