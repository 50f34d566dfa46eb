import type { ColumnType, Generated, GeneratedAlways } from "kysely";

// The tables as the builder knows them. `migrations/` is what makes them so; a test compares both.

type Instant = ColumnType<Date, Date | string | undefined, Date | string>;
type MaybeInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
/** Written as JSON text, read as the parsed value, which the reader validates. */
type Json = ColumnType<unknown, string, string>;

export type Database = {
  repositories: {
    id: Generated<number>;
    github_id: number;
    installation_id: number;
    owner: string;
    name: string;
    created_at: Instant;
  };
  epics: {
    id: Generated<number>;
    repository_id: number;
    issue_number: number;
    title: string;
    body: string;
    author_id: number;
    author_login: string;
    plan: string;
    plan_accepted: boolean;
    verify_command: string | null;
    branch: string;
    base_branch: string;
    base_sha: string | null;
    tip_sha: string | null;
    pull_request: number | null;
    pull_request_is_draft: boolean;
    state: string;
    state_fields: Json;
    created_at: Instant;
    ended_at: MaybeInstant;
  };
  tasks: {
    epic_id: number;
    ordinal: number;
    title: string;
    description: string;
    acceptance: Json;
    issue_asked: boolean;
    issue_number: number | null;
    issue_id: number | null;
    branch: string | null;
    base_sha: string | null;
    head_sha: string | null;
    merge_parent_sha: string | null;
    submitted_sha: string | null;
    queue_place: number | null;
    summary: string | null;
    pull_request: number | null;
    attempts: number;
    state: string;
    state_fields: Json;
  };
  dependencies: { epic_id: number; task: number; depends_on: number };
  agents: {
    epic_id: number;
    key: string;
    role: string;
    task: number | null;
    state: string;
    life: number;
    crashes: number;
    model: string;
    permissions: Generated<string>;
    harness: Generated<string>;
    fast_crashes: Generated<number>;
  };
  history: {
    id: Generated<number>;
    epic_id: number;
    noun: string;
    noun_key: string;
    from_state: string | null;
    to_state: string;
    cause: string;
    actor: string | null;
    at: Instant;
  };
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
  living_texts: {
    epic_id: number;
    wanted_version: Generated<number>;
    sent_version: Generated<number>;
    comment_id: number | null;
    tried_since: MaybeInstant;
    due_at: Instant;
  };
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
  };
  turns: {
    epic_id: number;
    agent: string;
    seq: number;
    life: number;
    role: string;
    content: Json;
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
  };
};
