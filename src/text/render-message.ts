import type { Message } from "../domain/message.ts";
import { renderStatus } from "./render-status.ts";
import { sayApprovalWanted } from "./say-approval.ts";
import {
  sayEpicEnded,
  sayEpicPaused,
  sayEpicReady,
  sayEpicRefused,
  sayEpicStarted,
} from "./say-epic.ts";
import { sayEpicStuck, sayPlanDenied, sayPlanForApproval } from "./say-plan.ts";
import { sayPlanMissing, sayQuestions } from "./say-question.ts";
import { sayEpicQueued, sayHostLimit } from "./say-queue.ts";
import { sayCommandReply, sayHelp } from "./say-reply.ts";
import {
  sayBudget,
  sayBudgetDayTurned,
  sayStats,
  sayTroubleBegan,
  sayTroubleEnded,
} from "./say-spending.ts";
import {
  sayClosedAsLanded,
  sayReviewVerdict,
  saySentBack,
  sayTaskEnded,
  sayTaskLanded,
  sayTaskProgress,
  sayTaskSubmitted,
} from "./say-task.ts";
import {
  sayAgentFailed,
  sayAgentHeldUp,
  sayEffectFailed,
  sayIncidentJudged,
  sayMailToHuman,
  sayToolBroke,
  sayToolRefused,
} from "./say-trouble.ts";

/** A message as the Markdown of a comment, review or check: harmless, within GitHub's limit. */
export function renderMessage(message: Message): string {
  switch (message.kind) {
    case "epicStarted":
      return sayEpicStarted(message);
    case "epicRefused":
      return sayEpicRefused(message);
    case "planForApproval":
      return sayPlanForApproval(message);
    case "planDenied":
      return sayPlanDenied(message);
    case "taskProgress":
      return sayTaskProgress(message);
    case "mailToHuman":
      return sayMailToHuman(message);
    case "taskSubmitted":
      return sayTaskSubmitted(message);
    case "reviewVerdict":
      return sayReviewVerdict(message);
    case "sentBack":
      return saySentBack(message);
    case "taskLanded":
      return sayTaskLanded(message);
    case "closedAsLanded":
      return sayClosedAsLanded(message);
    case "taskEnded":
      return sayTaskEnded(message);
    case "agentFailed":
      return sayAgentFailed(message);
    case "agentHeldUp":
      return sayAgentHeldUp(message);
    case "effectFailed":
      return sayEffectFailed(message);
    case "toolRefused":
      return sayToolRefused(message);
    case "approvalWanted":
      return sayApprovalWanted(message);
    case "questions":
      return sayQuestions(message);
    case "planMissing":
      return sayPlanMissing(message);
    case "toolBroke":
      return sayToolBroke(message);
    case "incidentJudged":
      return sayIncidentJudged(message);
    case "epicPaused":
      return sayEpicPaused(message);
    case "epicQueued":
      return sayEpicQueued(message);
    case "hostLimit":
      return sayHostLimit(message);
    case "epicStuck":
      return sayEpicStuck(message);
    case "epicReady":
      return sayEpicReady(message);
    case "epicEnded":
      return sayEpicEnded(message);
    case "commandReply":
      return sayCommandReply(message);
    case "statusReply":
      return renderStatus(message.status);
    case "statsReply":
      return sayStats(message);
    case "budgetNears":
    case "budgetSpent":
      return sayBudget(message);
    case "budgetDayTurned":
      return sayBudgetDayTurned();
    case "modelTroubleBegan":
      return sayTroubleBegan(message);
    case "modelTroubleEnded":
      return sayTroubleEnded(message);
    case "helpReply":
      return sayHelp(message);
    default:
      return message satisfies never;
  }
}
