import type { Generated } from "kysely";
import type { Instant, MaybeInstant } from "./column-kinds.ts";

/** Model calls, and what they cost and may cost. */
export type ModelTables = {
  model_calls: {
    id: Generated<number>;
    epic_id: number;
    agent: string;
    task: number | null;
    life: number;
    role: string;
    model: string;
    status: number;
    tokens_in: number;
    tokens_out: number;
    cache_read: number;
    cache_written: number;
    latency_ms: number;
    cost: number | null;
    at: Instant;
    attempt: Generated<number>;
    cache_written_1h: Generated<number>;
    call_id: Generated<string | null>;
    foreseen_read: Generated<number | null>;
  };
  model_reservations: {
    call_id: string;
    installation_id: number;
    epic_id: number;
    agent: string;
    task: number | null;
    life: number;
    role: string;
    model: string;
    tokens_in: number;
    tokens_out: number;
    cost: number | null;
    counted: number;
    likely: Generated<number | null>;
    foreseen_read: Generated<number | null>;
    held_until: MaybeInstant;
    reserved_at: Instant;
  };
  spending: {
    scope: string;
    subject: string;
    epic_id: number | null;
    calls: number;
    tokens_in: number;
    tokens_out: number;
    cache_read: number;
    cache_written: number;
    cost: number;
  };
  budgets: {
    id: Generated<number>;
    epic_id: number;
    task: number | null;
    amount: number;
    by_id: number;
    by_login: string;
    at: Instant;
  };
  model_windows: {
    name: string;
    limit_value: number;
    per_ms: number;
    level: number;
    filled_at: Instant;
  };
  model_troubles: {
    id: Generated<number>;
    began_at: Instant;
    failed_at: Instant;
    declared_at: MaybeInstant;
    ended_at: MaybeInstant;
    probe_at: MaybeInstant;
    reason: string;
  };
};
