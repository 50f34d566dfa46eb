import { type Kysely, sql } from "kysely";

/** Calls that wait for a person, and what people set for roles, row after row. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // json and not jsonb: what runs later is what was asked, down to the order of its keys.
  await sql`
    create table approvals (
      epic_id bigint not null references epics,
      id text not null,
      agent text not null,
      tool text not null,
      input json not null,
      limit_ms integer not null,
      state text not null,
      decided_by text,
      reason text,
      asked_at timestamptz not null default now(),
      changed_at timestamptz not null default now(),
      primary key (epic_id, id)
    )`.execute(db);
  await sql`create index approvals_open on approvals (changed_at) where state in ('PENDING', 'APPROVED')`.execute(
    db,
  );
  await sql`
    create table profile_settings (
      id bigint generated always as identity primary key,
      repository_id bigint not null references repositories,
      epic_id bigint references epics,
      task integer,
      role text not null,
      key text not null,
      before text,
      after text,
      actor_id bigint not null,
      actor_login text not null,
      at timestamptz not null default now()
    )`.execute(db);
  await sql`create index profile_settings_newest on profile_settings (repository_id, epic_id, task, role, key, id)`.execute(
    db,
  );
}
