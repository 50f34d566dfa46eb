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
    }
  | {
      readonly kind: "agentFailed";
      readonly agent: string;
      readonly reasonText: string;
      readonly lastScreenText: string;
    }
  | {
      readonly kind: "effectFailed";
      readonly effect: string;
      readonly reasonText: string;
      readonly id: string;
    }
  | { readonly kind: "epicPaused"; readonly reasonText: string }
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
  | {
      readonly kind: "helpReply";
      readonly commands: readonly { readonly usage: string; readonly summary: string }[];
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

/** What the status comment, `/ff status` and the demo's table show. */
export type EpicStatus = {
  readonly state: EpicStateName;
  readonly issueNumber: number;
  readonly branch: string;
  readonly pullRequest: number | null;
  readonly tasks: readonly {
    readonly ordinal: number;
    readonly issueNumber: number | null;
    readonly titleText: string;
    readonly state: string;
    readonly agent: string | null;
    readonly agentState: string | null;
    readonly attempts: number;
    readonly pullRequest: number | null;
    readonly mergeSha: string | null;
    readonly dependsOn: readonly number[];
  }[];
  readonly supervisor: { readonly name: string; readonly state: string } | null;
  readonly modelCalls: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** What waits for a human, a sentence each; empty when nothing does. */
  readonly waitsForHuman: readonly string[];
};
