import { type Kysely, sql } from "kysely";

/** What model calls under way may cost, held in their budgets; and each call booked once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table model_reservations (
      call_id uuid primary key,
      installation_id bigint not null,
      epic_id bigint not null references epics,
      agent text not null,
      task integer,
      life integer not null,
      role text not null,
      model text not null,
      tokens_in bigint not null,
      tokens_out bigint not null,
      cost numeric(18, 6),
      counted numeric(18, 6) not null,
      reserved_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index model_reservations_of_installation on model_reservations (installation_id)`.execute(
    db,
  );
  await sql`alter table model_calls add column call_id uuid unique`.execute(db);
}
