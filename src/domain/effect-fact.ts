/**
 * What performing an effect taught us. Stored in one transaction with the effect's completion, so
 * that an id GitHub gave us is never known without its effect being done, or the other way round.
 */
export type EffectFact =
  | { readonly kind: "epicBranchMade"; readonly baseSha: string; readonly tipSha: string }
  | {
      readonly kind: "taskIssueMade";
      readonly task: number;
      readonly issueNumber: number;
      readonly issueId: number;
    }
  | { readonly kind: "taskBranchPushed"; readonly task: number; readonly sha: string }
  | { readonly kind: "taskPullRequestOpened"; readonly task: number; readonly number: number }
  /** `draft` is what GitHub made: a plan without drafts gives an open one. */
  | { readonly kind: "epicPullRequestOpened"; readonly number: number; readonly draft: boolean }
  | { readonly kind: "epicPullRequestReady" }
  | { readonly kind: "commentMade"; readonly commentId: number }
  /** The comment that shows people an agent's call, for them to decide on. */
  | { readonly kind: "approvalShown"; readonly id: string; readonly commentId: number }
  /** The comment that shows people a plan, for them to decide on. */
  | { readonly kind: "planShown"; readonly revision: number; readonly commentId: number }
  /** The comment that carries the epic's status, new or made again after someone deleted it. */
  | { readonly kind: "statusCommentMade"; readonly commentId: number };

/** How performing an effect ended. Weather is thrown as a retryable PortError instead. */
export type EffectResult =
  | { readonly kind: "done"; readonly facts: readonly EffectFact[] }
  /** Something it refers to does not exist yet, or is not finished yet: try again later. */
  | { readonly kind: "notYet"; readonly reason: string }
  /** It waits for its turn, however long that takes; `queue` says for what. */
  | {
      readonly kind: "queued";
      readonly queue: string;
      readonly reason: string;
      readonly delayMs: number;
    }
  /** Doing it would be wrong, now and later. People are told `reason`. */
  | { readonly kind: "refused"; readonly reason: string };
