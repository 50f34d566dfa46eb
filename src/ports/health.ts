import type { AgentKey, LifeIdentity } from "../domain/agent.ts";
import type { HostedLife } from "./agents.ts";

/** A life that shows no progress. */
export type SilentLife = HostedLife & {
  /** Since its last progress, or the end of what it was busy with. */
  readonly silentForMs: number;
  /** Since its last request of any kind, or its start. */
  readonly unseenForMs: number;
  /** Whether it was asked by mail, and the time to answer is over. */
  readonly isSpent: boolean;
};

export type HealthLimits = {
  /** Without progress for so long a life is asked. */
  readonly mailMs: number;
  /** So long after that it is spent. */
  readonly restartMs: number;
  /** For so long an open tool call counts as progress. */
  readonly toolBusyMs: number;
  /** The product unreached for longer is a gap: what nobody could hear is no silence. */
  readonly gapMs: number;
};

/** A task that was worked on for longer than its limit, once more since people heard of it. */
export type OverdueTask = {
  readonly epicId: number;
  readonly task: number;
  /** Time in all that it was its worker's to change. */
  readonly workedMs: number;
};

/**
 * What is known of the health and conduct of lives. Progress is a turn stored, a tool call or model
 * request begun or ended; while one is open, until its own limit, too. An agent that waits for mail
 * is sound as long as its process asks for some.
 */
export interface Health {
  /** A host reached the product now, as its lives do; after a gap its time counts anew. */
  reached(host: string, gapMs: number): Promise<void>;
  /**
   * Lives of a host that are to be asked, or were asked in vain; one query. None while the host does
   * not reach the product, and no silence is older than its return.
   */
  silent(host: string, limits: HealthLimits): Promise<readonly SilentLife[]>;
  /** A model request of a life ended; `isIdle` when it was the only one. */
  modelEnded(life: LifeIdentity, isIdle: boolean): Promise<void>;
  /** The provider's limits leave no room for so long: the life ends, and another one is of no use. */
  held(life: LifeIdentity, forMs: number): Promise<void>;
  /** Tasks at work whose time has passed a multiple of the limit that nobody was told of. */
  overdue(limitMs: number): Promise<readonly OverdueTask[]>;
  /** Counts a call that was misuse. @returns null for a life that has ended */
  strike(life: LifeIdentity | { readonly name: string }): Promise<Struck | null>;
}

export type Struck = {
  readonly epicId: number;
  readonly agent: AgentKey;
  readonly strikes: number;
};
