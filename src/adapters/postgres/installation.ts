import { sql } from "kysely";
import { z } from "zod";
import type { Installation } from "../../domain/installation.ts";
import type { EarlierEpic } from "../../domain/repeated-epic.ts";
import { agentStates, epicStates } from "../../domain/states.ts";
import type { Db } from "./database.ts";

const shownOpen = 50;
const shownEnded = 20;
const compared = 200;

const epicState = z.enum(epicStates);
const fields = z.object({ reason: z.string() }).nullable().catch(null);

type Row = {
  readonly owner: string;
  readonly name: string;
  readonly issue_number: number;
  readonly title: string;
  readonly state: string;
  readonly state_fields: unknown;
  readonly ended_at: Date | null;
  readonly tasks: number;
  readonly landed: number;
  readonly failed: number;
  readonly supervisor: string | null;
};

/** The epics of the installation that an epic belongs to, and of no other. */
export async function readInstallation(db: Db, epicId: number): Promise<Installation> {
  const own = sql`
    select epics.*, repositories.owner, repositories.name
      from epics join repositories on repositories.id = epics.repository_id
     where repositories.installation_id = (
       select installation_id from epics
         join repositories on repositories.id = epics.repository_id where epics.id = ${epicId})`;
  const { rows } = await sql<Row>`
    with own as (${own}),
    shown as (
      (select * from own where ended_at is null order by id limit ${shownOpen})
      union all
      (select * from own where ended_at is not null order by ended_at desc limit ${shownEnded}))
    select owner, name, issue_number, title, state, state_fields, ended_at,
      (select count(*)::int from tasks where epic_id = shown.id) as tasks,
      (select count(*)::int from tasks where epic_id = shown.id and state = 'COMPLETED') as landed,
      (select count(*)::int from tasks where epic_id = shown.id and state = 'FAILED') as failed,
      (select state from agents where epic_id = shown.id and key = 'supervisor') as supervisor
      from shown
     order by ended_at is not null, ended_at desc, id`.execute(db);
  return { epics: rows.map(knownEpicOf) };
}

function knownEpicOf(row: Row): Installation["epics"][number] {
  const { title, tasks, landed, failed } = row;
  return {
    repository: `${row.owner}/${row.name}`,
    issueNumber: row.issue_number,
    ...{ title, tasks, landed, failed },
    state: epicState.parse(row.state),
    why: fields.parse(row.state_fields)?.reason ?? null,
    supervisor: z.enum(agentStates).nullable().parse(row.supervisor),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}

/** What was labelled before it in its repository, newest first. */
export async function earlierEpics(db: Db, epicId: number): Promise<readonly EarlierEpic[]> {
  const rows = await db
    .selectFrom("epics")
    .select(["issue_number", "title", "body", "state"])
    .where("id", "<", epicId)
    .where("repository_id", "=", (where) =>
      where.selectFrom("epics").select("repository_id").where("id", "=", epicId),
    )
    .orderBy("id", "desc")
    .limit(compared)
    .execute();
  return rows.map(({ issue_number: issueNumber, title, body, state }) => ({
    ...{ issueNumber, title, body },
    state: epicState.parse(state),
  }));
}
