import type { BudgetLevel } from "./budget.ts";
import type { EpicSpending, EpicStatus } from "./epic-status.ts";
import type { EpicStateName } from "./states.ts";

/**
 * Everything the product says to people on GitHub, as facts. `src/text` turns each into Markdown.
 * Fields that hold agents' or people's words are named `…Text`: they are neutralised when rendered.
 */
export type Message =
  | { readonly kind: "epicStarted"; readonly branch: string; readonly baseBranch: string }
  | {
      readonly kind: "epicRefused";
      readonly why: "noPermission" | "thinDesign";
      readonly minimum: number;
    }
  | {
      readonly kind: "planForApproval";
      /** From 1: which of the epic's plans it is. */
      readonly revision: number;
      readonly tasks: readonly PlannedTask[];
      readonly noteText: string;
    }
  | { readonly kind: "planDenied"; readonly by: string; readonly reasonText: string }
  | { readonly kind: "taskProgress"; readonly agent: string; readonly doneText: string }
  | {
      readonly kind: "mailToHuman";
      readonly agent: string;
      readonly subjectText: string;
      readonly bodyText: string;
    }
  | {
      readonly kind: "taskSubmitted";
      readonly task: number;
      readonly pullRequest: number;
      readonly sha: string;
    }
  | {
      readonly kind: "reviewVerdict";
      readonly verdict: "approved" | "changesRequested" | "rejected";
      readonly agent: string;
      readonly sha: string;
      readonly remarksText: string;
    }
  | {
      readonly kind: "sentBack";
      readonly cause: "conflict" | "verifyFailed";
      readonly files: readonly string[];
      readonly outputText: string;
    }
  | { readonly kind: "taskLanded"; readonly mergeSha: string; readonly branch: string }
  | { readonly kind: "closedAsLanded"; readonly mergeSha: string; readonly branch: string }
  | {
      readonly kind: "taskEnded";
      readonly state: "FAILED" | "CANCELLED";
      readonly reasonText: string;
      readonly attempt?: number;
    }
  | {
      readonly kind: "agentFailed";
      readonly agent: string;
      readonly reasonText: string;
      readonly lastScreenText: string;
      readonly attempt?: number;
    }
  | {
      readonly kind: "effectFailed";
      readonly effect: string;
      readonly reasonText: string;
      readonly id: string;
    }
  | {
      readonly kind: "agentHeldUp";
      readonly agent: string;
      readonly times: number;
      readonly reasonText: string;
    }
  /** The orchestrator lets an epic go on that something outside its work stopped. */
  | { readonly kind: "incidentJudged"; readonly reasonText: string }
  | { readonly kind: "epicPaused"; readonly reasonText: string }
  /** As many epics as may be are at work, or wait for review: this one starts in its turn. */
  | {
      readonly kind: "epicQueued";
      readonly place: number;
      readonly of: number;
      readonly why: "epics" | "review";
      readonly limit: number;
    }
  /** A host of agents is full: told once, of the first epic that has to wait for it. */
  | {
      readonly kind: "hostLimit";
      readonly what: "memory" | "disk" | "sessions";
      readonly whyText: string;
    }
  /** What only people can decide, numbered; `task` where only that one waits for it. */
  | {
      readonly kind: "questions";
      readonly agent: string;
      readonly contextText: string;
      readonly questionTexts: readonly string[];
      readonly task: { readonly ordinal: number; readonly issueNumber: number | null } | null;
    }
  /** Its supervisor was asked for a plan and made none; `tasks`: so many it did plan. */
  | { readonly kind: "planMissing"; readonly tasks: number }
  /** A tool threw what it never should. */
  | {
      readonly kind: "toolBroke";
      readonly agent: string;
      readonly tool: string;
      readonly id: string;
    }
  /** A step to landing that an agent other than a worker does not get past. */
  | {
      readonly kind: "toolRefused";
      readonly agent: string;
      readonly tool: string;
      readonly times: number;
      readonly reasonText: string;
    }
  /** An agent in strict mode asks a person to let a call run. */
  | {
      readonly kind: "approvalWanted";
      readonly id: string;
      readonly agent: string;
      readonly tool: string;
      readonly argumentsText: string;
      readonly limitMs: number;
    }
  /** Nothing moves any more: these can never start, and nobody is at work. */
  | { readonly kind: "epicStuck"; readonly tasks: readonly PlannedTask[] }
  | {
      readonly kind: "epicReady";
      readonly landed: number;
      readonly failed: number;
    }
  | {
      readonly kind: "epicEnded";
      readonly state: Extract<EpicStateName, "COMPLETED" | "FAILED" | "CANCELLED">;
      readonly reasonText: string;
      readonly summary: EpicSummary;
    }
  | {
      readonly kind: "commandReply";
      readonly command: string;
      readonly bodyText: string;
      readonly ok: boolean;
    }
  | { readonly kind: "statusReply"; readonly status: EpicStatus }
  | { readonly kind: "statsReply"; readonly spending: EpicSpending }
  | BudgetMessage
  /** A new day, a new budget: whom yesterday's held goes on. */
  | { readonly kind: "budgetDayTurned" }
  | { readonly kind: "modelTroubleBegan"; readonly since: string; readonly reasonText: string }
  | { readonly kind: "modelTroubleEnded"; readonly since: string; readonly until: string }
  | {
      readonly kind: "helpReply";
      readonly commands: readonly { readonly usage: string; readonly summary: string }[];
    };

export type CommandReply = Extract<Message, { readonly kind: "commandReply" }>;

/** How a budget stands, in US dollars; `taskIssue` where it is about a task that has a number. */
export type BudgetMessage = {
  readonly kind: "budgetNears" | "budgetSpent";
  readonly level: BudgetLevel;
  readonly spent: number;
  readonly limit: number;
  readonly agent: string;
  readonly taskIssue: number | null;
};

export type PlannedTask = {
  readonly ordinal: number;
  readonly issueNumber: number | null;
  readonly titleText: string;
  readonly dependsOn: readonly number[];
};

/** Numbers the performer adds when it renders: a decision reads no clock and no meter. */
export type EpicSummary = {
  readonly tasks: readonly {
    readonly issueNumber: number | null;
    readonly titleText: string;
    readonly state: string;
    readonly pullRequest: number | null;
    readonly mergeSha: string | null;
  }[];
};
