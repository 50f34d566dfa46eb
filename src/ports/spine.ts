import type { Effect } from "../domain/effect.ts";

export type Delivery = {
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly payload: unknown;
};

/** A delivery that is worked on now, with what befell it before. */
export type ClaimedDelivery = Delivery & {
  /** Times it failed for a reason of its own. */
  readonly attempts: number;
  /** Times it was put off: the outside could not answer, or it came early. */
  readonly postponed: number;
  /** Claims since anyone last told what came of it, this one included. */
  readonly claims: number;
  /** Since its first failure or postponement; 0 before that. */
  readonly failingForMs: number;
};

export interface Inbox {
  /** Durable when it returns. A known guid is a no-op (S8). */
  store(delivery: Delivery): Promise<"stored" | "known">;
  /**
   * Takes the oldest delivery that is due, for `leaseMs`; null when there is none. Two of one
   * repository are never taken at once, and a younger one waits for an older one. One that has been
   * failing for `blocksMs` (default 0) holds nobody up any more.
   */
  claim(leaseMs: number, blocksMs?: number): Promise<ClaimedDelivery | null>;
  done(guid: string): Promise<void>;
  /** Weather, which counts as no attempt: again in `delayMs`. */
  postponed(guid: string, reason: string, delayMs: number): Promise<void>;
  /**
   * What it is about is not known yet: again in `delayMs`, and until then it holds up nobody. Counts as
   * postponed unless another of its repository is failing: that one may make it known.
   */
  early(guid: string, reason: string, delayMs: number): Promise<void>;
  /** What came early in a repository, by GitHub's id, is due now: something there became known. */
  recallEarly(githubId: number): Promise<void>;
  /** A failure that counts: again in `retryInMs`, or never (set aside, told) when that is null. */
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
  /** Tries, this one included; looks at what was not there yet are not among them. */
  readonly attempts: number;
  /** Looks at what was not there yet, before this one. */
  readonly looks: number;
  readonly triedSince: string | null;
  /** The database's time when it was taken. */
  readonly now: string;
};

export type Postponement = {
  readonly reason: string;
  readonly delayMs: number;
  readonly isLook: boolean;
  /** What it waits in line for: then this was neither a try nor a look. */
  readonly queuedFor?: string;
};

export interface Outbox {
  /** @returns the epoch, or null while another sender holds the lane */
  claimLane(lane: string, holder: string, leaseMs: number): Promise<number | null>;
  /** Holds on to a lane that nobody else has claimed since. @returns false when it was lost */
  renewLane(lane: string, epoch: number, leaseMs: number): Promise<boolean>;
  releaseLane(lane: string, epoch: number): Promise<void>;
  /** The lane's first unsent effect if it is due, marked as tried; null when none is due. */
  next(lane: string, epoch: number): Promise<QueuedEffect | null>;
  /** Again in `delayMs`; a look at what was not there yet counts apart from tries. */
  postpone(id: number, epoch: number, wait: Postponement): Promise<void>;
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
  /**
   * Only what was sent counts as sent; an edit in flight stays wanted. `commentId` is null while
   * there is no comment.
   */
  sent(
    epicId: number,
    sent: {
      readonly version: number;
      readonly commentId: number | null;
      readonly notBeforeMs: number;
    },
  ): Promise<void>;
  failed(epicId: number, delayMs: number): Promise<void>;
}
