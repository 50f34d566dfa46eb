import { type Kysely, sql } from "kysely";

/** Installations, repositories, epics with their tasks, agents and history. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table repositories (
      id bigint generated always as identity primary key,
      github_id bigint not null unique,
      installation_id bigint not null,
      owner text not null,
      name text not null,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table epics (
      id bigint generated always as identity primary key,
      repository_id bigint not null references repositories,
      issue_number integer not null,
      title text not null,
      body text not null,
      author_id bigint not null,
      author_login text not null,
      plan text not null check (plan in ('ask', 'auto')),
      plan_accepted boolean not null default false,
      verify_command text,
      branch text not null,
      base_branch text not null,
      base_sha text,
      tip_sha text,
      pull_request integer,
      pull_request_is_draft boolean not null default true,
      state text not null,
      state_fields jsonb not null default '{}',
      created_at timestamptz not null default now(),
      ended_at timestamptz,
      unique (repository_id, issue_number)
    )`.execute(db);
  await sql`create index epics_open on epics (id) where ended_at is null`.execute(db);
  await sql`
    create table tasks (
      epic_id bigint not null references epics,
      ordinal integer not null,
      title text not null,
      description text not null,
      acceptance jsonb not null,
      issue_asked boolean not null,
      issue_number integer,
      issue_id bigint,
      branch text,
      base_sha text,
      head_sha text,
      merge_parent_sha text,
      submitted_sha text,
      queue_place integer,
      summary text,
      pull_request integer,
      attempts integer not null,
      state text not null,
      state_fields jsonb not null default '{}',
      primary key (epic_id, ordinal)
    )`.execute(db);
  await sql`
    create table dependencies (
      epic_id bigint not null,
      task integer not null,
      depends_on integer not null,
      primary key (epic_id, task, depends_on),
      foreign key (epic_id, task) references tasks,
      foreign key (epic_id, depends_on) references tasks
    )`.execute(db);
  await sql`
    create table agents (
      epic_id bigint not null references epics,
      key text not null,
      role text not null,
      task integer,
      state text not null,
      life integer not null,
      crashes integer not null,
      model text not null,
      primary key (epic_id, key)
    )`.execute(db);
  await sql`
    create table history (
      id bigint generated always as identity primary key,
      epic_id bigint not null references epics,
      noun text not null,
      noun_key text not null,
      from_state text,
      to_state text not null,
      cause text not null,
      actor text,
      at timestamptz not null default now()
    )`.execute(db);
  await sql`create index history_of_epic on history (epic_id, id)`.execute(db);
}
