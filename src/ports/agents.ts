import type { Agent, AgentKey, LifeIdentity } from "../domain/agent.ts";
import type { CellLevel } from "../domain/cell-level.ts";
import type { HostOperation } from "../domain/effect.ts";
import type { Role } from "../domain/states.ts";
import type { ToolReply } from "./epics.ts";
import type { PlaceAnswer, PlaceLimits } from "./places.ts";

export type LifeRow = {
  readonly epicId: number;
  readonly agent: AgentKey;
  readonly role: Role;
  readonly life: number;
  /** `<repository id>-worker-15-3`: names the session, the cell and the broker's folder. */
  readonly name: string;
  readonly startedAt: string;
};

/** A life of a host that has not ended, as the host has to look after it. */
export type HostedLife = LifeRow & {
  /** How long ago it began. */
  readonly ageMs: number;
  /** Lives of its agent in a row, right before it, that gave up because of the outside. */
  readonly weatherBefore: number;
  /** For how long still its agent has no use for another one, as the gateway sent it away; null else. */
  readonly heldForMs: number | null;
  /** False once its agent was stopped, or gave up its process. */
  readonly isWanted: boolean;
};

/** An agent as its row says it is, though no life of it is open. */
export type LifelessAgent = { readonly epicId: number; readonly agent: Agent };

export type NewLife = {
  readonly epicId: number;
  readonly agent: AgentKey;
  readonly role: Role;
  readonly host: string;
  readonly namePrefix: string;
  readonly tokenHash: string;
  /** What the host's cells are worth; null where that was not probed. */
  readonly cellLevel?: CellLevel | null;
};

export interface LivesStore {
  /** A new life's number and row; the token is stored hashed. Older lives' tokens die. */
  begin(life: NewLife): Promise<LifeRow>;
  /** The same where there is a place for it, found and taken in one transaction. */
  beginInPlace(
    life: NewLife,
    effectId: number | null,
    limits: PlaceLimits,
  ): Promise<
    { readonly kind: "begun"; readonly life: LifeRow } | Exclude<PlaceAnswer, { kind: "free" }>
  >;
  /**
   * null for unknown, ended and superseded tokens. Counts as a heartbeat; with `busyForMs` as
   * progress, too, for so long or until what it was busy with has ended.
   */
  identify(
    tokenHash: string,
    busyForMs?: number,
  ): Promise<(LifeIdentity & { readonly name: string }) | null>;
  /** Lives of this host that have not ended. */
  onHost(host: string): Promise<readonly HostedLife[]>;
  /**
   * Agents of unended epics that should have a life and have none on any host, nor an effect
   * waiting to start one.
   */
  lifeless(): Promise<readonly LifelessAgent[]>;
  newest(epicId: number, agent: AgentKey): Promise<LifeRow | null>;
}

export type Turn = { readonly role: "user" | "assistant"; readonly content: unknown };

/** Stands for the turns before `fromSeq`, but for the very first; they stay stored. */
export type Compaction = {
  readonly fromSeq: number;
  readonly summary: string;
  /** Of the model's next question, as the runner estimated. */
  readonly tokensBefore: number;
  readonly tokensAfter: number;
};

/** What a life goes on with. */
export type RecentTurns = {
  /** The first turn, and every turn from the newest compaction on; all of them without one. */
  readonly turns: readonly Turn[];
  /** The number the next turn will have: as many as are stored. */
  readonly nextSeq: number;
  readonly compaction: Pick<Compaction, "fromSeq" | "summary"> | null;
};

/** What a harness of somebody else's put beside the turns; it gets it back as it came. */
export type SessionNote = {
  /** The turn it stands behind. */
  readonly afterSeq: number;
  readonly note: unknown;
};

export interface Conversations {
  turns(epicId: number, agent: AgentKey): Promise<readonly Turn[]>;
  recent(epicId: number, agent: AgentKey): Promise<RecentTurns>;
  /** The number the next turn will have. */
  nextSeq(epicId: number, agent: AgentKey): Promise<number>;
  /** Idempotent by `fromSeq`; logged. @returns false when the life is no longer the newest */
  compact(life: LifeIdentity, compaction: Compaction): Promise<boolean>;
  /** Idempotent by `seq`. @returns false when the life is no longer the agent's newest */
  append(life: LifeIdentity, seq: number, turn: Turn): Promise<boolean>;
  /** In order. */
  sessionNotes(epicId: number, agent: AgentKey): Promise<readonly SessionNote[]>;
  /**
   * Idempotent by `place`, which the life counts; beyond `most` of an agent none is added.
   * @returns false when the life is no longer the agent's newest
   */
  keepSessionNote(
    life: LifeIdentity,
    note: SessionNote & { readonly place: number },
    most: number,
  ): Promise<boolean>;
  /** A stored call of a tool (MCP or local); null when it never started. */
  call(epicId: number, agent: AgentKey, callId: string): Promise<StoredCall | null>;
  /** Writes a row of the decision log by itself, outside of any decision; secrets are taken out. */
  log(life: LifeIdentity, row: { readonly what: string; readonly detail: unknown }): Promise<void>;
  /** Whether so many of the agent's newest calls of a tool, and not fewer, were all refused. */
  keepsFailing(
    epicId: number,
    agent: AgentKey,
    call: { readonly tool: string; readonly times: number },
  ): Promise<boolean>;
  openCalls(epicId: number, agent: AgentKey): Promise<readonly StoredCall[]>;
  /** Waits until the call has a reply or the time is over. */
  awaitReply(
    epicId: number,
    agent: AgentKey,
    callId: string,
    waitMs: number,
  ): Promise<ToolReply | null>;
  /** For how long the agent has been WAITING, over all its polls; 0 when it is not. */
  waitedMs(epicId: number, agent: AgentKey): Promise<number>;
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

export interface Verdicts {
  find(
    tree: string,
    command: string,
  ): Promise<{ readonly passed: boolean; readonly output: string } | null>;
  /** How often the epic's log says `what` of a landing. */
  cuts(epicId: number, what: string, landing: string): Promise<number>;
  keep(verdict: {
    readonly tree: string;
    readonly command: string;
    readonly passed: boolean;
    readonly output: string;
  }): Promise<void>;
}
