import { agentStatus } from "./agent-status.ts";
import type { Tool } from "./define-tool.ts";
import { epicAddDependency } from "./epic-add-dependency.ts";
import { epicApprove } from "./epic-approve.ts";
import { epicAskHuman } from "./epic-ask-human.ts";
import { epicBlockTask } from "./epic-block-task.ts";
import { epicCancelTask } from "./epic-cancel-task.ts";
import { epicCreateTask } from "./epic-create-task.ts";
import { epicEditTask } from "./epic-edit-task.ts";
import { epicFail } from "./epic-fail.ts";
import { epicListTasks } from "./epic-list-tasks.ts";
import { epicPlanDone } from "./epic-plan-done.ts";
import { epicReadDiff } from "./epic-read-diff.ts";
import { epicReadFile } from "./epic-read-file.ts";
import { epicRequestChanges } from "./epic-request-changes.ts";
import { epicRetryTask } from "./epic-retry-task.ts";
import { epicReviewQueue } from "./epic-review-queue.ts";
import { epicUnblockTask } from "./epic-unblock-task.ts";
import { gitCommit } from "./git-commit.ts";
import { gitRebase } from "./git-rebase.ts";
import { logDecision } from "./log-decision.ts";
import { mailList } from "./mail-list.ts";
import { mailSend } from "./mail-send.ts";
import { orchestratorDecide } from "./orchestrator-decide.ts";
import { orchestratorEpics } from "./orchestrator-epics.ts";
import { orchestratorSupervisors } from "./orchestrator-supervisors.ts";
import { runApproved } from "./run-approved.ts";
import { taskAsk } from "./task-ask.ts";
import { taskGiveUp } from "./task-give-up.ts";
import { taskStatus } from "./task-status.ts";
import { taskSubmit } from "./task-submit.ts";

/** Every tool there is, in the order models see them: the order is part of the prompt cache's key. */
export const tools: readonly Tool[] = [
  agentStatus,
  mailSend,
  mailList,
  logDecision,
  runApproved,
  taskStatus,
  gitCommit,
  gitRebase,
  taskSubmit,
  taskAsk,
  taskGiveUp,
  epicCreateTask,
  epicEditTask,
  epicAddDependency,
  epicPlanDone,
  epicListTasks,
  epicReviewQueue,
  epicReadDiff,
  epicReadFile,
  epicApprove,
  epicRequestChanges,
  epicBlockTask,
  epicUnblockTask,
  epicRetryTask,
  epicCancelTask,
  epicAskHuman,
  epicFail,
  orchestratorEpics,
  orchestratorSupervisors,
  orchestratorDecide,
];
