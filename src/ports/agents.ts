import type { Agent, AgentKey, LifeIdentity } from "../domain/agent.ts";
import type { HostOperation } from "../domain/effect.ts";
import type { Role } from "../domain/states.ts";
import type { ToolReply } from "./epics.ts";

export type LifeRow = {
  readonly epicId: number;
  readonly agent: AgentKey;
  readonly role: Role;
  readonly life: number;
  /** `<repository id>-worker-15-3`: names the session, the cell and the broker's folder. */
  readonly name: string;
  readonly startedAt: string;
};

/** An agent as its row says it is, though no life of it is open. */
export type LifelessAgent = { readonly epicId: number; readonly agent: Agent };

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
  /** Lives of this host that have not ended, and how long ago each began. */
  onHost(host: string): Promise<readonly (LifeRow & { readonly ageMs: number })[]>;
  /**
   * Agents of unended epics that should have a life and have none on any host, nor an effect
   * waiting to start one.
   */
  lifeless(): Promise<readonly LifelessAgent[]>;
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
  /** How often the epic's log says `what` of a landing. */
  cuts(epicId: number, what: string, landing: string): Promise<number>;
  keep(verdict: {
    readonly tree: string;
    readonly command: string;
    readonly passed: boolean;
    readonly output: string;
  }): Promise<void>;
}
