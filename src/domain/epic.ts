import type { EpicStateName } from "./states.ts";

/** A GitHub user as a webhook names them; `id` decides, `login` is for people to read. */
export type Actor = { readonly id: number; readonly login: string };

/** Where an epic lives. `githubId` stays when the repository is renamed. */
export type RepositoryRef = {
  readonly id: number;
  readonly githubId: number;
  readonly installationId: number;
  readonly owner: string;
  readonly name: string;
};

/** States an epic returns to when a pause ends. */
export type PausableState = Exclude<EpicStateName, "PAUSED" | "COMPLETED" | "FAILED" | "CANCELLED">;

/** What exists only in a given state. */
export type EpicState =
  | { readonly state: "QUEUED" }
  | { readonly state: "NEEDS_DESIGN" }
  | { readonly state: "NEEDS_ANSWER" }
  | { readonly state: "NEEDS_PLAN_APPROVAL" }
  | { readonly state: "IN_PROGRESS" }
  | { readonly state: "PAUSED"; readonly from: PausableState; readonly reason: string }
  | { readonly state: "AWAITING_HUMAN_REVIEW" }
  | { readonly state: "COMPLETED"; readonly mergedSha: string }
  | { readonly state: "FAILED"; readonly reason: string }
  | { readonly state: "CANCELLED"; readonly reason: string };

/** A labelled issue we took on. The text is the text as it was when it was labelled. */
export type Epic = EpicState & {
  readonly id: number;
  readonly repository: RepositoryRef;
  readonly issueNumber: number;
  readonly title: string;
  readonly body: string;
  readonly author: Actor;
  /** `plan: ask` waits for a human's approval of the plan, `auto` goes on. */
  readonly plan: "ask" | "auto";
  /** True once the plan may be worked on: its sub-issues are made and its tasks start. */
  readonly planAccepted: boolean;
  /** How many plans people were asked about. */
  readonly planRevision: number;
  /** The comment that showed the newest of them; null until GitHub has it. Later comments have higher ids. */
  readonly planShownBy: number | null;
  readonly verifyCommand: string | null;
  readonly branch: string;
  readonly baseBranch: string;
  /** The base commit the epic branch starts from; null until the branch is made. */
  readonly baseSha: string | null;
  /** The epic branch's tip as last seen on GitHub; null until the branch is made. */
  readonly tipSha: string | null;
  readonly pullRequest: number | null;
  readonly pullRequestIsDraft: boolean;
};

/** True once nothing may change an epic any more but a human's reopening. */
export function epicHasEnded({ state }: { readonly state: EpicStateName }): boolean {
  return state === "COMPLETED" || state === "FAILED" || state === "CANCELLED";
}
