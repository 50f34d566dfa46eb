import type { Generated, GeneratedAlways } from "kysely";
import type { Instant, Json, MaybeInstant } from "./column-kinds.ts";

/** Deliveries, effects, leases and landings. */
export type SpineTables = {
  deliveries: {
    guid: string;
    event: string;
    action: string | null;
    payload: Json;
    received_at: Instant;
    state: Generated<string>;
    due_at: Instant;
    attempts: Generated<number>;
    error: string | null;
    repository: GeneratedAlways<string | null>;
    claims: Generated<number>;
    postponed: Generated<number>;
    failing_since: MaybeInstant;
  };
  lanes: {
    lane: string;
    epoch: Generated<number>;
    holder: string | null;
    held_until: MaybeInstant;
  };
  outbox: {
    id: Generated<number>;
    lane: string;
    epic_id: number;
    effect_key: string;
    kind: string;
    effect: Json;
    actor: string | null;
    state: Generated<string>;
    created_at: Instant;
    tried_since: MaybeInstant;
    attempts: Generated<number>;
    due_at: Instant;
    finished_at: MaybeInstant;
    error: string | null;
    looks: Generated<number>;
    queued_for: string | null;
  };
  leases: { key: string; epoch: number; holder: string | null; expires_at: Instant };
  commands: {
    comment_id: number;
    position: number;
    epic_id: number;
    text: string;
    outcome: string;
    at: Instant;
  };
  refusals_told: { epic_id: number; actor_id: number; answer: string; at: Instant };
  living_texts: {
    epic_id: number;
    wanted_version: Generated<number>;
    sent_version: Generated<number>;
    comment_id: number | null;
    tried_since: MaybeInstant;
    due_at: Instant;
  };
  landings: {
    id: string;
    epic_id: number;
    task: number;
    head_sha: string;
    tip_sha: string;
    tree_sha: string | null;
    merge_sha: string | null;
    state: string;
    lease_epoch: number;
    started_at: Instant;
    updated_at: Instant;
  };
  verdicts: { tree_sha: string; command: string; passed: boolean; output: string; at: Instant };
};
