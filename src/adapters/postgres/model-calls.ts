import { sql } from "kysely";
import { z } from "zod";
import type { LifeIdentity } from "../../domain/agent.ts";
import { type BudgetLevel, budgetLevels, type Spent } from "../../domain/budget.ts";
import { agentStates, epicStates, roles } from "../../domain/states.ts";
import type { CallStanding, ModelCall, ModelCalls } from "../../ports/agents.ts";
import { type Db, guarded } from "./database.ts";

const role = z.enum(roles);
const standingRow = z.object({
  epic_state: z.enum(epicStates),
  state: z.enum(agentStates),
  life: z.number(),
  model: z.string(),
  budget_hold: z.enum(budgetLevels).nullable(),
  spent: z.partialRecord(z.enum(budgetLevels), z.number()),
  epic_budget: z.number().nullable(),
  task_budget: z.number().nullable(),
  day: z.string(),
});

/** A day of budgets begins at midnight UTC. */
export const today = sql<string>`(now() at time zone 'utc')::date::text`;

/** What models cost, a row per call and running sums per budget, in PostgreSQL. */
export function createModelCalls(db: Db): ModelCalls {
  return {
    standing: (life) => guarded(() => standing(db, life)),
    record: (call) => guarded(() => record(db, call)),
    freedByDay: (dayLimit) => guarded(() => freedByDay(db, dayLimit)),
    byRole: () =>
      guarded(async () => {
        const rows = await db
          .selectFrom("model_calls")
          .select([
            "role",
            sql<number>`count(*)`.as("calls"),
            sql<number>`sum(tokens_in + cache_read + cache_written)`.as("tokensIn"),
            sql<number>`sum(tokens_out)`.as("tokensOut"),
            sql<number>`sum(latency_ms) / 1000.0`.as("seconds"),
          ])
          .groupBy("role")
          .orderBy("role")
          .execute();
        return rows.map((row) => ({ ...row, role: role.parse(row.role) }));
      }),
  };
}

async function standing(db: Db, life: LifeIdentity): Promise<CallStanding | null> {
  const { epicId, agent, task } = life;
  const [epic, ofTask, attempt] = subjectsOf(life);
  const { rows } = await sql`
    select epics.state as epic_state, agents.state, agents.life, agents.model, agents.budget_hold,
      ${today} as day,
      (select coalesce(jsonb_object_agg(scope, cost), '{}') from spending
        where (scope, subject) in (
          ('day', repositories.installation_id || '/' || ${today}), ('epic', ${epic}),
          ('task', ${ofTask}), ('attempt', ${attempt}))) as spent,
      (select amount from budgets where epic_id = epics.id and budgets.task is null
        order by id desc limit 1) as epic_budget,
      (select amount from budgets where epic_id = epics.id and budgets.task = ${task}
        order by id desc limit 1) as task_budget
    from agents
    join epics on epics.id = agents.epic_id
    join repositories on repositories.id = epics.repository_id
    where agents.epic_id = ${epicId} and agents.key = ${agent}`.execute(db);
  if (rows.length === 0) return null;
  const row = standingRow.parse(rows[0]);
  return {
    epicState: row.epic_state,
    agent: {
      state: row.state,
      life: row.life,
      model: row.model,
      budgetHold: row.budget_hold,
    },
    spent: spentBy(task, (level) => row.spent[level] ?? 0),
    set: { epic: row.epic_budget, task: row.task_budget },
    day: row.day,
  };
}

/** Everybody adds to the widest sum first, so that two bookings never wait for each other in a ring. */
async function record(db: Db, call: ModelCall): Promise<Spent> {
  const { life, tokensIn, tokensOut, cacheRead, cacheWritten, counted } = call;
  const [epic, ofTask, attempt] = subjectsOf(life);
  const share = `${life.epicId}/${life.agent}/${call.model}`;
  const { rows } = await sql<{ scope: string; cost: number }>`
    with booked as (
      insert into model_calls (epic_id, agent, task, life, role, model, status, tokens_in, tokens_out,
        cache_read, cache_written, cache_written_1h, latency_ms, attempt, cost)
      values (${life.epicId}, ${life.agent}, ${life.task}, ${life.life}, ${life.role}, ${call.model},
        ${call.status}, ${tokensIn}, ${tokensOut}, ${cacheRead}, ${cacheWritten},
        ${call.cacheWritten1h}, ${Math.round(call.latencyMs)}, ${call.attempt}, ${call.cost})),
    sums (place, scope, subject, epic_id) as (
      select 1, 'day', repositories.installation_id || '/' || ${today}, null::bigint
        from epics join repositories on repositories.id = epics.repository_id
       where epics.id = ${life.epicId}
      union all select 2, 'epic', ${epic}::text, ${life.epicId}::bigint
      union all select 3, 'task', ${ofTask}::text, ${life.epicId}::bigint
      union all select 4, 'attempt', ${attempt}::text, ${life.epicId}::bigint
      union all select 5, 'share', ${share}::text, ${life.epicId}::bigint)
    insert into spending
    select scope, subject, epic_id, 1, ${tokensIn}::bigint, ${tokensOut}::bigint,
           ${cacheRead}::bigint, ${cacheWritten}::bigint, ${counted}::numeric
      from sums where subject is not null order by place
    on conflict (scope, subject) do update set
      calls = spending.calls + 1, tokens_in = spending.tokens_in + excluded.tokens_in,
      tokens_out = spending.tokens_out + excluded.tokens_out,
      cache_read = spending.cache_read + excluded.cache_read,
      cache_written = spending.cache_written + excluded.cache_written,
      cost = spending.cost + excluded.cost
    returning scope, cost`.execute(db);
  const costs = new Map(rows.map((row) => [row.scope, row.cost]));
  return spentBy(life.task, (level) => costs.get(level) ?? 0);
}

/** The keys of an epic's, a task's and a life's sum. */
function subjectsOf({ epicId, agent, task, life }: LifeIdentity) {
  const ofTask = task === null ? null : `${epicId}/${task}`;
  return [String(epicId), ofTask, `${epicId}/${agent}/${life}`] as const;
}

function spentBy(task: number | null, costOf: (level: BudgetLevel) => number): Spent {
  return {
    day: costOf("day"),
    epic: costOf("epic"),
    task: task === null ? null : costOf("task"),
    attempt: costOf("attempt"),
  };
}

async function freedByDay(db: Db, dayLimit: number): Promise<readonly number[]> {
  const { rows } = await sql<{ epic_id: number }>`
    select distinct agents.epic_id
    from agents
    join epics on epics.id = agents.epic_id
    join repositories on repositories.id = epics.repository_id
    left join spending on spending.scope = 'day'
      and spending.subject = repositories.installation_id || '/' || ${today}
    where agents.budget_hold = 'day' and agents.state = 'PAUSED'
      and coalesce(spending.cost, 0) < ${dayLimit}`.execute(db);
  return rows.map((row) => row.epic_id);
}
