import { type Kysely, sql } from "kysely";

/** The inbox, the outbox with its lanes, leases, commands and living texts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table deliveries (
      guid text primary key,
      event text not null,
      action text,
      payload jsonb not null,
      received_at timestamptz not null default now(),
      state text not null default 'waiting' check (state in ('waiting', 'done', 'set_aside')),
      due_at timestamptz not null default now(),
      attempts integer not null default 0,
      error text
    )`.execute(db);
  await sql`create index deliveries_waiting on deliveries (received_at, guid) where state = 'waiting'`.execute(
    db,
  );
  await sql`
    create table lanes (
      lane text primary key,
      epoch bigint not null default 0,
      holder text,
      held_until timestamptz
    )`.execute(db);
  await sql`
    create table outbox (
      id bigint generated always as identity primary key,
      lane text not null references lanes,
      epic_id bigint not null references epics,
      effect_key text not null unique,
      kind text not null,
      effect jsonb not null,
      actor text,
      state text not null default 'waiting' check (state in ('waiting', 'done', 'refused')),
      created_at timestamptz not null default now(),
      tried_since timestamptz,
      attempts integer not null default 0,
      due_at timestamptz not null default now(),
      finished_at timestamptz,
      error text
    )`.execute(db);
  await sql`create index outbox_waiting on outbox (lane, id) where state = 'waiting'`.execute(db);
  await sql`
    create table leases (
      key text primary key,
      epoch bigint not null,
      holder text,
      expires_at timestamptz not null
    )`.execute(db);
  await sql`
    create table commands (
      comment_id bigint not null,
      position integer not null,
      epic_id bigint not null references epics,
      text text not null,
      outcome text not null,
      at timestamptz not null default now(),
      primary key (comment_id, position)
    )`.execute(db);
  await sql`
    create table living_texts (
      epic_id bigint primary key references epics,
      wanted_version bigint not null default 1,
      sent_version bigint not null default 0,
      comment_id bigint,
      tried_since timestamptz,
      due_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index living_texts_behind on living_texts (due_at) where wanted_version > sent_version`.execute(
    db,
  );
}
