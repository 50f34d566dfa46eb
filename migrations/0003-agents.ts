import { type Kysely, sql } from "kysely";

/** Lives, conversations, tool calls, mail, the decision log, landings, verdicts and model calls. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table lives (
      epic_id bigint not null,
      agent text not null,
      life integer not null,
      name text not null unique,
      role text not null,
      host text not null,
      token_hash text not null unique,
      started_at timestamptz not null default now(),
      seen_at timestamptz,
      ended_at timestamptz,
      how text,
      reason text,
      last_screen text,
      primary key (epic_id, agent, life),
      foreign key (epic_id, agent) references agents
    )`.execute(db);
  await sql`create index lives_open on lives (host) where ended_at is null`.execute(db);
  await sql`
    create table turns (
      epic_id bigint not null,
      agent text not null,
      seq integer not null,
      life integer not null,
      role text not null check (role in ('user', 'assistant')),
      content jsonb not null,
      at timestamptz not null default now(),
      primary key (epic_id, agent, seq)
    )`.execute(db);
  await sql`
    create table tool_calls (
      epic_id bigint not null,
      agent text not null,
      call_id text not null,
      life integer not null,
      tool text not null,
      input jsonb not null,
      operation jsonb,
      reply jsonb,
      started_at timestamptz not null default now(),
      replied_at timestamptz,
      primary key (epic_id, agent, call_id)
    )`.execute(db);
  await sql`create index tool_calls_open on tool_calls (epic_id, agent) where reply is null`.execute(
    db,
  );
  await sql`
    create table mail (
      id bigint generated always as identity primary key,
      epic_id bigint not null references epics,
      to_agent text not null,
      sender jsonb not null,
      subject text not null,
      body text not null,
      sent_at timestamptz not null default now(),
      read_at timestamptz,
      read_by_life integer
    )`.execute(db);
  await sql`create index mail_unread on mail (epic_id, to_agent, id) where read_at is null`.execute(
    db,
  );
  await sql`
    create table decisions (
      id bigint generated always as identity primary key,
      epic_id bigint not null references epics,
      agent text,
      what text not null,
      detail jsonb not null,
      at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table landings (
      id text primary key,
      epic_id bigint not null references epics,
      task integer not null,
      head_sha text not null,
      tip_sha text not null,
      tree_sha text,
      merge_sha text,
      state text not null,
      lease_epoch bigint not null,
      started_at timestamptz not null,
      updated_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index landings_of_epic on landings (epic_id, task)`.execute(db);
  await sql`
    create table verdicts (
      tree_sha text not null,
      command text not null,
      passed boolean not null,
      output text not null,
      at timestamptz not null default now(),
      primary key (tree_sha, command)
    )`.execute(db);
  await sql`
    create table model_calls (
      id bigint generated always as identity primary key,
      epic_id bigint not null references epics,
      agent text not null,
      task integer,
      life integer not null,
      role text not null,
      model text not null,
      status integer not null,
      tokens_in integer not null,
      tokens_out integer not null,
      cache_read integer not null,
      cache_written integer not null,
      latency_ms integer not null,
      cost numeric(14, 6),
      at timestamptz not null default now()
    )`.execute(db);
  await sql`create index model_calls_of_epic on model_calls (epic_id)`.execute(db);
}
