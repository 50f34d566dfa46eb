import type { AgentKey } from "../domain/agent.ts";
import type { EpicLoad, QueuedEpic } from "../domain/queue-epics.ts";
import type { Role } from "../domain/states.ts";

/** How many processes of a role there may be, for the whole product (G6). */
export type PlaceLimits = {
  readonly workers: number;
  readonly supervisors: number;
  /** Percent of them that one installation may have. */
  readonly sharePercent: number;
};

/** A start that asks for a place. */
export type PlaceAsked = {
  readonly epicId: number;
  readonly agent: AgentKey;
  readonly role: Role;
  /** The startLife effect's id; null: nobody waits behind it. */
  readonly effectId: number | null;
};

/**
 * What a start waits for: a place of the product's or its installation's, room on its host, an
 * answering model provider, or its own dependencies.
 */
export type QueueName = "product" | "installation" | "host" | "model" | "setup";

export type PlaceAnswer =
  | { readonly kind: "free" }
  | {
      readonly kind: "queued";
      readonly queue: "product" | "installation";
      readonly place: number;
      readonly of: number;
      /** Why, in a few words: "10 of 10 workers are at work". */
      readonly why: string;
    };

/** Where an agent of an epic stands in a queue now. */
export type QueuePlace = {
  readonly agent: AgentKey;
  readonly place: number;
  readonly of: number;
  readonly why: string;
};

/** Places for processes and epics, counted over all hosts. */
export interface Places {
  /** Whether a start may go on, in the order of the effects that ask. */
  ask(asked: PlaceAsked, limits: PlaceLimits): Promise<PlaceAnswer>;
  /** How many starts, asked for before this one, wait for room on their host. */
  aheadOnHost(asked: PlaceAsked): Promise<number>;
  /**
   * The agent that has waited longest for mail and holds a process that `asked` could have: of its
   * role, in its installation where that is what is full; on its host, of any role, where that is.
   */
  longestWaiting(
    asked: PlaceAsked,
    full: { readonly queue: QueueName; readonly host: string },
  ): Promise<{ readonly epicId: number; readonly agent: AgentKey } | null>;
  /** Agents of an epic that are queued, as the status comment shows it. */
  queuePlaces(epicId: number): Promise<readonly QueuePlace[]>;
  /** Queued epics in the order of labelling, and what is at work. */
  epics(): Promise<{
    readonly queued: readonly QueuedEpic[];
    readonly loads: readonly EpicLoad[];
  }>;
  /**
   * Notes that a host is at a limit.
   * @returns true when that is news: it was not within `quietMs`
   */
  atLimit(host: string, what: string, quietMs: number): Promise<boolean>;
}
