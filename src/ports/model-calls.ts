import type { Agent, LifeIdentity } from "../domain/agent.ts";
import type { BudgetsSet, Held, Spent } from "../domain/budget.ts";
import type { EpicStateName, Role } from "../domain/states.ts";

// What model calls cost and may cost, for all processes together.

/** What a call under way may cost, held in its budgets until it is booked. */
export type Reservation = Pick<
  ModelCall,
  "callId" | "model" | "tokensIn" | "tokensOut" | "cost" | "counted"
> & {
  /** What it likely counts; `counted` is the most. */
  readonly likely: number;
  /** Tokens of the prompt that are likely read from the provider's cache. */
  readonly cachedTokens: number;
};

export type ModelCall = {
  /** A UUID; whoever books it again books nothing. */
  readonly callId: string;
  readonly life: LifeIdentity;
  readonly model: string;
  readonly status: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly cacheRead: number;
  readonly cacheWritten: number;
  readonly latencyMs: number;
  /** Of `cacheWritten`, what is kept for an hour. */
  readonly cacheWritten1h: number;
  /** Which try of the request was answered so, from 1. */
  readonly attempt: number;
  /** In US dollars, by the dated price list; null when the model has no price. */
  readonly cost: number | null;
  /** What it counts in budgets: its cost, or for want of a price that of the dearest model. */
  readonly counted: number;
};

/** What decides whether a life may call a model now. */
export type CallStanding = {
  readonly epicState: EpicStateName;
  readonly agent: Pick<Agent, "state" | "life" | "model" | "budgetHold">;
  readonly spent: Spent;
  /** What calls under way cost on top. */
  readonly held: Held;
  /** Of this life, whichever process let them in: booked, and reserved and not booked yet. */
  readonly calls: { readonly made: number; readonly underWay: number };
  /**
   * Of a prompt of this life's that the provider had in its cache not five minutes ago; 0 without
   * one, and where a call meanwhile read much less than was foreseen.
   */
  readonly cachedTokens: number;
  readonly set: BudgetsSet;
  /** Today in UTC, by the database's clock. */
  readonly day: string;
};

export interface ModelCalls {
  /** In one round trip; null when there is no such agent. */
  standing(life: LifeIdentity): Promise<CallStanding | null>;
  /**
   * The same, and keeps what `wants` answers to it before another call of the installation is let
   * in. `wants` is pure: it may be asked again. Calls whose lease is over are booked before.
   *
   * @param leaseMs the process that holds the call says so again within that time
   */
  admit(
    life: LifeIdentity,
    wants: (standing: CallStanding) => Reservation | null,
    leaseMs: number,
  ): Promise<CallStanding | null>;
  /** Calls that this process still holds, for so long from now on. */
  renew(callIds: readonly string[], leaseMs: number): Promise<void>;
  /** A reserved call that cost nothing. */
  release(callId: string): Promise<void>;
  /**
   * Calls reserved for longer than that by the database's clock, or whose process no longer says
   * that it holds them; to be booked at their reservation.
   */
  left(olderThanMs: number): Promise<readonly ModelCall[]>;
  /** Books a call in the place of its reservation, once per `callId`. @returns what is spent by now, this call included */
  record(call: ModelCall): Promise<Spent>;
  /** Epics with an agent whom the day's budget holds, though the day has some left. */
  freedByDay(dayLimit: number): Promise<readonly number[]>;
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
