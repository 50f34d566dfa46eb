import type { AgentKey, LifeIdentity } from "../domain/agent.ts";
import type { HostOperation } from "../domain/effect.ts";
import type { Actor, RepositoryRef } from "../domain/epic.ts";
import type { EpicStatus } from "../domain/epic-status.ts";
import type { Decision, EpicView } from "../domain/epic-view.ts";
import type { Installation } from "../domain/installation.ts";
import type { EarlierEpic } from "../domain/repeated-epic.ts";

/** Why something changes: it becomes a row of history. */
export type Cause = {
  /** `delivery 72d3…`, `effect 41`, `tool epic_approve`, `command /ff pause`, `tick` … */
  readonly what: string;
  /** The person or agent behind it; null for the product's own rules. */
  readonly actor: string | null;
};

/** A row stored in the same transaction as the decision it belongs to. */
export type Note =
  | { readonly kind: "deliveryDone"; readonly guid: string }
  | { readonly kind: "effectDone"; readonly id: number; readonly epoch: number }
  | {
      readonly kind: "effectRefused";
      readonly id: number;
      readonly epoch: number;
      readonly reason: string;
    }
  | {
      readonly kind: "commandDone";
      readonly commentId: number;
      readonly index: number;
      readonly text: string;
      readonly outcome: "run" | "refused" | "unknown";
    }
  /** A person was told why their command did nothing. What anybody was told before `quietMs` is forgotten. */
  | {
      readonly kind: "refusalTold";
      readonly actorId: number;
      readonly answer: string;
      readonly quietMs: number;
    }
  /** The first store of a call: its input is redacted for the log, kept whole for the host. */
  | {
      readonly kind: "toolCall";
      readonly life: LifeIdentity;
      readonly callId: string;
      readonly tool: string;
      readonly input: unknown;
      /** null while the host is still at it. */
      readonly reply: ToolReply | null;
      readonly operation: HostOperation | null;
    }
  | {
      readonly kind: "toolReply";
      readonly agent: AgentKey;
      readonly callId: string;
      readonly reply: ToolReply;
    }
  | { readonly kind: "mailRead"; readonly ids: readonly number[]; readonly life: LifeIdentity }
  | {
      readonly kind: "lifeEnded";
      readonly agent: AgentKey;
      readonly life: number;
      readonly how: string;
      readonly reason: string;
      readonly lastScreen: string;
    }
  /** A life was asked by mail why it shows no progress. */
  | {
      readonly kind: "healthAsked";
      readonly agent: AgentKey;
      readonly life: number;
      readonly seconds: number;
    }
  /** Fails the whole transaction, retryably, unless this life has not ended. */
  | { readonly kind: "holdsLife"; readonly agent: AgentKey; readonly life: number }
  /** Fails the whole transaction with StaleLease unless the lease is still held at this epoch. */
  | { readonly kind: "holdsLease"; readonly key: string; readonly epoch: number }
  | { readonly kind: "landing"; readonly landing: LandingRow }
  | {
      readonly kind: "log";
      readonly agent: AgentKey | null;
      readonly what: string;
      readonly detail: unknown;
    };

export type ToolReply = { readonly isError: boolean; readonly content: unknown };

/** One attempt to land one submission. Dates are kept, so that its commit can be made again. */
export type LandingRow = {
  readonly id: string;
  readonly task: number;
  readonly headSha: string;
  readonly tipSha: string;
  readonly treeSha: string | null;
  readonly mergeSha: string | null;
  readonly state: "merging" | "verified" | "publishing" | "landed" | "sentBack" | "withdrawn";
  readonly leaseEpoch: number;
  readonly startedAt: string;
};

export interface Landings {
  /** The newest attempt to land a task that has not come to an end; null when there is none. */
  unfinished(epicId: number, task: number): Promise<LandingRow | null>;
  /** The attempt whose commit is being published; null when none is. */
  publishing(epicId: number, mergeSha: string): Promise<LandingRow | null>;
}

export type Change<Result> = {
  readonly decision: Decision;
  readonly notes?: readonly Note[];
  readonly result: Result;
};

export type NewEpic = {
  readonly repository: RepositoryRef;
  readonly issueNumber: number;
  readonly title: string;
  readonly body: string;
  readonly author: Actor;
  readonly plan: "ask" | "auto";
  readonly verifyCommand: string | null;
  readonly branch: string;
  readonly baseBranch: string;
};

/** What an issue or pull request number of a repository is to us. */
export type Known =
  | { readonly epicId: number; readonly is: "epic" | "epicPullRequest" }
  | { readonly epicId: number; readonly is: "task" | "taskPullRequest"; readonly task: number };

export type OverdueQuestion = { readonly epicId: number; readonly number: number };

export type RefusalsTold = {
  /** On the epic asked about. */
  readonly here: ReadonlySet<string>;
  /** How many on all epics. */
  readonly everywhere: number;
};

export interface Epics {
  /** Natural key: repository and issue. An epic that is there is left as it is. */
  open(epic: NewEpic): Promise<{ readonly epicId: number; readonly isNew: boolean }>;
  /** How many epics this repository has had: the first one's plan is asked about by default. */
  countOf(repository: RepositoryRef): Promise<number>;
  known(repository: RepositoryRef, number: number): Promise<Known | null>;
  /** Whether a command of a comment has its outcome already. */
  commandIsDone(commentId: number, index: number): Promise<boolean>;
  /** The refusals that a person was told within this time, by the database's clock. */
  refusalsTold(epicId: number, actorId: number, withinMs: number): Promise<RefusalsTold>;
  view(epicId: number): Promise<EpicView>;
  /** Ids of epics that have not ended, or still have a task being published; oldest first. */
  openIds(): Promise<readonly number[]>;
  /** Ids of epics with an approval whose time is over, by the database's clock. */
  overdueApprovals(): Promise<readonly number[]>;
  /** Questions that the orchestrator has had for longer, by the database's clock. */
  overdueQuestions(limitMs: number): Promise<readonly OverdueQuestion[]>;
  /** Epics of the same repository that were labelled before, newest first, at most 200. */
  earlier(epicId: number): Promise<readonly EarlierEpic[]>;
  /** The installation that an epic belongs to. */
  installation(epicId: number): Promise<Installation>;
  status(epicId: number): Promise<EpicStatus>;
  /**
   * Reads an epic under its row lock, decides, settles (domain/settle.ts) and stores the decision,
   * its history, its effects and the notes in one transaction; then sends the wakes.
   * @throws {PortError} not retryable, "stale", when a note's lease or epoch is no longer held
   */
  change<Result>(
    epicId: number,
    cause: Cause,
    decide: (view: EpicView) => Change<Result>,
  ): Promise<Result>;
}
