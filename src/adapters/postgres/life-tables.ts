import type { ColumnType, Generated } from "kysely";
import type { Instant, Json, MaybeInstant } from "./column-kinds.ts";

/** Lives, conversations, calls of tools, mail and the decision log. */
export type LifeTables = {
  lives: {
    epic_id: number;
    agent: string;
    life: number;
    name: string;
    role: string;
    host: string;
    token_hash: string;
    started_at: Instant;
    seen_at: MaybeInstant;
    ended_at: MaybeInstant;
    how: string | null;
    reason: string | null;
    last_screen: string | null;
    cell_level: string | null;
    progress_at: MaybeInstant;
    busy_until: MaybeInstant;
    asked_at: MaybeInstant;
    strikes: Generated<number>;
    held_until: MaybeInstant;
  };
  web_heartbeats: { host: string; up_since: Instant; seen_at: Instant };
  host_limits: { host: string; what: string; since: Instant; held_at: Instant };
  turns: {
    epic_id: number;
    agent: string;
    seq: number;
    life: number;
    role: string;
    content: Json;
    at: Instant;
  };
  session_notes: {
    epic_id: number;
    agent: string;
    life: number;
    place: number;
    after_seq: number;
    note: Json;
    at: Instant;
  };
  compactions: {
    epic_id: number;
    agent: string;
    from_seq: number;
    life: number;
    summary: string;
    tokens_before: number;
    tokens_after: number;
    at: Instant;
  };
  tool_calls: {
    epic_id: number;
    agent: string;
    call_id: string;
    life: number;
    tool: string;
    input: Json;
    operation: ColumnType<unknown, string | null, string | null>;
    reply: ColumnType<unknown, string | null, string | null>;
    started_at: Instant;
    replied_at: MaybeInstant;
  };
  mail: {
    id: Generated<number>;
    epic_id: number;
    to_agent: string;
    sender: Json;
    subject: string;
    body: string;
    sent_at: Instant;
    read_at: MaybeInstant;
    read_by_life: number | null;
  };
  decisions: {
    id: Generated<number>;
    epic_id: number;
    agent: string | null;
    what: string;
    detail: Json;
    at: Instant;
  };
};
