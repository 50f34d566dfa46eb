import { type Kysely, sql } from "kysely";

/** What was told: which plan by which comment, which refusal to whom, which life to come back when. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table epics add column plan_revision integer not null default 0`.execute(db);
  await sql`alter table epics add column plan_shown_by bigint`.execute(db);
  // Plans that wait already were shown by comments nobody noted: whoever answers means the only one.
  await sql`
    update epics set plan_revision = 1, plan_shown_by = 0
    where state = 'NEEDS_PLAN_APPROVAL' or state_fields->>'from' = 'NEEDS_PLAN_APPROVAL'`.execute(
    db,
  );
  await sql`
    create table refusals_told (
      epic_id bigint not null references epics,
      actor_id bigint not null,
      answer text not null,
      at timestamptz not null default now(),
      primary key (epic_id, actor_id, answer)
    )`.execute(db);
  await sql`alter table lives add column held_until timestamptz`.execute(db);
}
