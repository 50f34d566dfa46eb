import type { Reaction } from "../domain/effect.ts";
import type { RepositoryRef } from "../domain/epic.ts";

// GitHub as the inside asks for it. Every method throws PortError when the outside fails: `retryable`
// is weather (time-outs, 5xx, limits), not retryable is a verdict (422, a rule). Methods that create
// something take the natural key by which a repetition finds what exists.

/** A person's permission on a repository, GitHub's `role_name` (custom roles by their base). */
export type Permission = "admin" | "maintain" | "write" | "triage" | "read" | "none";

export type IssueSnapshot = {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  readonly labels: readonly string[];
  readonly author: { readonly id: number; readonly login: string };
  readonly isPullRequest: boolean;
};

export type PullRequestSnapshot = {
  readonly number: number;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly draft: boolean;
  readonly headSha: string;
  readonly headBranch: string;
  readonly baseBranch: string;
  readonly mergeSha: string | null;
};

/** How to find what an earlier, unanswered attempt may have made. */
export type Intent = {
  /** A hidden marker in the body, unique to the effect: `<!-- ff:… -->` without the brackets. */
  readonly marker: string;
  /** When the effect was first tried (ISO 8601, database time); null on the first try: no look-up. */
  readonly triedSince: string | null;
};

/**
 * GitHub, as the App. All text passed in has been through the neutralising renderer. Writes are
 * paced per installation. With `intent.triedSince` set, a create first lists what is there by its
 * natural key and our App as author, and returns that instead of making a second one.
 */
export interface GitHub {
  /** Live permission of a user, by login; never cached. Unknown users are `none`. */
  permissionOf(repository: RepositoryRef, login: string): Promise<Permission>;
  /** null when it does not exist (404, 410) or was transferred away (301). */
  issue(repository: RepositoryRef, number: number): Promise<IssueSnapshot | null>;
  pullRequest(repository: RepositoryRef, number: number): Promise<PullRequestSnapshot | null>;
  /** Default branch's name. */
  defaultBranch(repository: RepositoryRef): Promise<string>;
  createIssue(
    repository: RepositoryRef,
    issue: { readonly title: string; readonly body: string; readonly labels: readonly string[] },
    intent: Intent,
  ): Promise<{ readonly id: number; readonly number: number }>;
  /** Natural key: parent and child; already linked is success. */
  addSubIssue(repository: RepositoryRef, parentNumber: number, childId: number): Promise<void>;
  /** Natural key: the pair; already there is success. `blockerId` is the database id. */
  addBlockedBy(repository: RepositoryRef, issueNumber: number, blockerId: number): Promise<void>;
  createComment(
    repository: RepositoryRef,
    number: number,
    body: string,
    intent: Intent,
  ): Promise<{ readonly id: number }>;
  /** @returns false when the comment is gone (404). */
  updateComment(repository: RepositoryRef, commentId: number, body: string): Promise<boolean>;
  /** Pins where the server knows pinning; elsewhere does nothing. */
  pinComment(repository: RepositoryRef, commentId: number): Promise<void>;
  /** Natural key: GitHub answers 200 when it is already there. */
  react(repository: RepositoryRef, commentId: number, reaction: Reaction): Promise<void>;
  /** Sets exactly one `ff:<state>` label, removing other `ff:` state labels; makes the label when missing. */
  setStateLabel(repository: RepositoryRef, number: number, state: string): Promise<void>;
  updateIssue(
    repository: RepositoryRef,
    number: number,
    change: { readonly title: string; readonly body: string },
  ): Promise<void>;
  /** An open one is success. */
  reopenIssue(repository: RepositoryRef, number: number): Promise<void>;
  closeIssue(
    repository: RepositoryRef,
    number: number,
    reason: "completed" | "not_planned",
  ): Promise<void>;
  /** Natural key: head and base among open pull requests. */
  openPullRequest(
    repository: RepositoryRef,
    request: {
      readonly title: string;
      readonly body: string;
      readonly head: string;
      readonly base: string;
      readonly draft: boolean;
    },
  ): Promise<{ readonly number: number }>;
  updatePullRequest(
    repository: RepositoryRef,
    number: number,
    change: { readonly title?: string; readonly body?: string },
  ): Promise<void>;
  markReadyForReview(repository: RepositoryRef, number: number): Promise<void>;
  /** Closes without merging; a closed or merged one is success. */
  closePullRequest(repository: RepositoryRef, number: number): Promise<void>;
  /** A review of event COMMENT on one exact commit. Natural key: marker among our reviews. */
  review(
    repository: RepositoryRef,
    number: number,
    review: { readonly sha: string; readonly body: string },
    intent: Intent,
  ): Promise<void>;
  /** A completed check run. Natural key: name, commit and `externalId`. */
  publishCheck(
    repository: RepositoryRef,
    check: {
      readonly name: string;
      readonly sha: string;
      readonly externalId: string;
      readonly conclusion: "success" | "failure" | "neutral";
      readonly title: string;
      readonly summary: string;
    },
  ): Promise<void>;
  /** A missing branch is success. */
  deleteBranch(repository: RepositoryRef, branch: string): Promise<void>;
  /** Where git pushes to and fetches from, with a token for this repository alone. */
  gitRemote(
    repository: RepositoryRef,
    /** `fresh` after the remote refused the last token: it is minted anew. */
    options?: { readonly fresh: boolean },
  ): Promise<{ readonly url: string; readonly token: string }>;
}
