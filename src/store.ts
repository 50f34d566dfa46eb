import type { AgentKey, LifeIdentity } from "./domain/agent.ts";
import type { Effect, HostOperation } from "./domain/effect.ts";
import type { Actor, RepositoryRef } from "./domain/epic.ts";
import type { Decision, EpicView } from "./domain/epic-view.ts";
import type { EpicStatus } from "./domain/message.ts";
import type { Role } from "./domain/states.ts";

// What the inside asks of the database, which holds the truth. Every method throws PortError
// ("postgres"). Instants are the database's clock, as ISO 8601 text.

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

export interface Epics {
  /** Natural key: repository and issue. An epic that is there is left as it is. */
  open(epic: NewEpic): Promise<{ readonly epicId: number; readonly isNew: boolean }>;
  /** How many epics this repository has had: the first one's plan is asked about by default. */
  countOf(repository: RepositoryRef): Promise<number>;
  known(repository: RepositoryRef, number: number): Promise<Known | null>;
  /** Whether a command of a comment has its outcome already. */
  commandIsDone(commentId: number, index: number): Promise<boolean>;
  view(epicId: number): Promise<EpicView>;
  /** Ids of epics that have not ended, oldest first. */
  openIds(): Promise<readonly number[]>;
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

export type Delivery = {
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly payload: unknown;
};

export interface Inbox {
  /** Durable when it returns. A known guid is a no-op (S8). */
  store(delivery: Delivery): Promise<"stored" | "known">;
  /** Takes the oldest waiting delivery for `leaseMs`; null when none waits. */
  claim(leaseMs: number): Promise<(Delivery & { readonly attempts: number }) | null>;
  done(guid: string): Promise<void>;
  /** Not now: again in `delayMs`; for good after the attempts are spent (set aside, told). */
  failed(guid: string, reason: string, retryInMs: number | null): Promise<void>;
}

/** A row of the outbox on its way. `triedSince` is set from the second attempt on. */
export type QueuedEffect = {
  readonly id: number;
  /** Random, never shown to models: the hidden marker by which a repetition finds its first try. */
  readonly key: string;
  readonly lane: string;
  readonly epicId: number;
  readonly effect: Effect;
  readonly attempts: number;
  readonly triedSince: string | null;
  /** The database's time when it was taken. */
  readonly now: string;
};

export interface Outbox {
  /** @returns the epoch, or null while another sender holds the lane */
  claimLane(lane: string, holder: string, leaseMs: number): Promise<number | null>;
  releaseLane(lane: string, epoch: number): Promise<void>;
  /** The lane's first unsent effect if it is due, marked as tried; null when none is due. */
  next(lane: string, epoch: number): Promise<QueuedEffect | null>;
  /** Weather: again in `delayMs`. */
  postpone(id: number, epoch: number, reason: string, delayMs: number): Promise<void>;
  /** Lanes with due effects; `agent/` lanes are asked for by prefix. */
  dueLanes(prefix: "epic/" | "agent/"): Promise<readonly string[]>;
}

export interface Leases {
  /** @returns the lease's epoch, which grows with every holder; null while someone else holds it */
  take(key: string, holder: string, leaseMs: number): Promise<number | null>;
  /** @returns false when it was lost */
  renew(key: string, epoch: number, leaseMs: number): Promise<boolean>;
  release(key: string, epoch: number): Promise<void>;
}

export type LifeRow = {
  readonly epicId: number;
  readonly agent: AgentKey;
  readonly role: Role;
  readonly life: number;
  /** `<repository id>-worker-15-3`: names the session, the cell and the broker's folder. */
  readonly name: string;
  readonly startedAt: string;
};

export interface LivesStore {
  /** A new life's number and row; the token is stored hashed. Older lives' tokens die. */
  begin(life: {
    readonly epicId: number;
    readonly agent: AgentKey;
    readonly role: Role;
    readonly host: string;
    readonly namePrefix: string;
    readonly tokenHash: string;
  }): Promise<LifeRow>;
  /** null for unknown, ended and superseded tokens. Counts as a heartbeat. */
  identify(tokenHash: string): Promise<(LifeIdentity & { readonly name: string }) | null>;
  /** Lives of this host that have not ended. */
  onHost(host: string): Promise<readonly LifeRow[]>;
  newest(epicId: number, agent: AgentKey): Promise<LifeRow | null>;
}

export type Turn = { readonly role: "user" | "assistant"; readonly content: unknown };

export interface Conversations {
  turns(epicId: number, agent: AgentKey): Promise<readonly Turn[]>;
  /** Idempotent by `seq`. @returns false when the life is no longer the agent's newest */
  append(life: LifeIdentity, seq: number, turn: Turn): Promise<boolean>;
  /** A stored call of a tool (MCP or local); null when it never started. */
  call(epicId: number, agent: AgentKey, callId: string): Promise<StoredCall | null>;
  openCalls(epicId: number, agent: AgentKey): Promise<readonly StoredCall[]>;
  /** Waits until the call has a reply or the time is over. */
  awaitReply(
    epicId: number,
    agent: AgentKey,
    callId: string,
    waitMs: number,
  ): Promise<ToolReply | null>;
  /** Waits until the agent has unread mail or the time is over. */
  awaitMail(epicId: number, agent: AgentKey, waitMs: number): Promise<boolean>;
}

export type StoredCall = {
  readonly callId: string;
  readonly tool: string;
  readonly life: number;
  readonly reply: ToolReply | null;
  readonly operation: HostOperation | null;
  readonly startedAt: string;
};

export type ModelCall = {
  readonly life: LifeIdentity;
  readonly model: string;
  readonly status: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly cacheRead: number;
  readonly cacheWritten: number;
  readonly latencyMs: number;
  /** In US dollars, by the dated price list; null when the model has no price. */
  readonly cost: number | null;
};

export interface ModelCalls {
  record(call: ModelCall): Promise<void>;
  byRole(): Promise<
    readonly {
      readonly role: Role;
      readonly calls: number;
      readonly tokensIn: number;
      readonly tokensOut: number;
      readonly seconds: number;
    }[]
  >;
}

export interface Verdicts {
  find(
    tree: string,
    command: string,
  ): Promise<{ readonly passed: boolean; readonly output: string } | null>;
  keep(verdict: {
    readonly tree: string;
    readonly command: string;
    readonly passed: boolean;
    readonly output: string;
  }): Promise<void>;
  unfinished(epicId: number, task: number): Promise<LandingRow | null>;
}

/** Texts that are edited in place: outside lanes, rendered when sent, at most so often. */
export interface LivingTexts {
  /** Epics whose status comment is behind and due, taken for `leaseMs`. */
  claimDue(leaseMs: number): Promise<
    readonly {
      readonly epicId: number;
      readonly wantedVersion: number;
      readonly commentId: number | null;
      readonly triedSince: string | null;
    }[]
  >;
  /** Only what was sent counts as sent; an edit in flight stays wanted. */
  sent(
    epicId: number,
    sent: { readonly version: number; readonly commentId: number; readonly notBeforeMs: number },
  ): Promise<void>;
  failed(epicId: number, delayMs: number): Promise<void>;
}

export interface Repositories {
  /** Remembers an installation's repository as a webhook names it; follows renames by id. */
  remember(repository: Omit<RepositoryRef, "id">): Promise<RepositoryRef>;
}

export interface Store {
  readonly epics: Epics;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly leases: Leases;
  readonly lives: LivesStore;
  readonly conversations: Conversations;
  readonly modelCalls: ModelCalls;
  readonly verdicts: Verdicts;
  readonly livingTexts: LivingTexts;
  readonly repositories: Repositories;
  /** @throws {PortError} when the database cannot be reached */
  ping(): Promise<void>;
  close(): Promise<void>;
}
