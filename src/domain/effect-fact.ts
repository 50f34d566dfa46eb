/** What performing an effect taught us, stored in the same transaction as its completion. */
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
  | {
      readonly kind: "epicPullRequestOpened";
      readonly number: number;
      readonly isDraft: boolean;
    }
  | { readonly kind: "epicPullRequestReady" }
  | { readonly kind: "commentMade"; readonly commentId: number };
