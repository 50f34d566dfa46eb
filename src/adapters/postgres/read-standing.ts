import { type RawBuilder, sql } from "kysely";
import { z } from "zod";
import type { LifeIdentity } from "../../domain/agent.ts";
import { type BudgetLevel, budgetLevels, type Spent } from "../../domain/budget.ts";
import { agentStates, epicStates } from "../../domain/states.ts";
import type { CallStanding } from "../../ports/model-calls.ts";
import type { Db } from "./database.ts";

const byLevel = z.record(z.enum(budgetLevels), z.number());
const standingRow = z.object({
  epic_state: z.enum(epicStates),
  state: z.enum(agentStates),
  life: z.number(),
  model: z.string(),
  budget_hold: z.enum(budgetLevels).nullable(),
  spent: z.partialRecord(z.enum(budgetLevels), z.object({ cost: z.number(), calls: z.number() })),
  held: z.object({ likely: byLevel, most: byLevel, underWay: z.number(), isLost: z.boolean() }),
  cached: z.number(),
  budgets: z.partialRecord(z.enum(["epic", "task"]), z.number()).nullable(),
  day: z.string(),
});

/** The shorter of the two times for which the provider keeps a prompt; each use begins it anew. */
const cacheLifeMs = 300_000;

/** A call missed the cache that read less than such a part of what was foreseen, and more than so many tokens less. */
const missed = { share: 0.5, tokens: 10_000 };

/** A day of budgets begins at midnight UTC. */
export const today = sql<string>`(now() at time zone 'utc')::date::text`;

/** `isLost`: a process of the installation's is gone, and calls that it held are to be booked. */
export type ReadStanding = { readonly standing: CallStanding; readonly isLost: boolean };

/**
 * What decides on a life's next call, in one round trip.
 *
 * @returns null when there is no such agent
 */
export async function readStanding(db: Db, life: LifeIdentity): Promise<ReadStanding | null> {
  const { epicId, agent, task } = life;
  const [epic, ofTask, attempt] = subjectsOf(life);
  const { rows } = await sql`
    select epics.state as epic_state, agents.state, agents.life, agents.model, agents.budget_hold,
      ${today} as day,
      (select coalesce(
          jsonb_object_agg(scope, jsonb_build_object('cost', cost, 'calls', calls)), '{}')
        from spending
        where (scope, subject) in (
          ('day', repositories.installation_id || '/' || ${today}), ('epic', ${epic}),
          ('task', ${ofTask}), ('attempt', ${attempt}))) as spent,
      (select jsonb_build_object(
          'likely', ${sumsOf(life, sql`coalesce(likely, counted)`)},
          'most', ${sumsOf(life, sql`counted`)},
          'underWay', count(*) filter (where ${isOf(life)}),
          'isLost', coalesce(bool_or(held_until < now()), false))
        from model_reservations held
        where held.installation_id = repositories.installation_id) as held,
      (select case when bool_or(
            tokens_in + cache_read + cache_written > 0
            and cache_read < foreseen_read * ${missed.share}::float8
            and cache_read < foreseen_read - ${missed.tokens}::bigint)
          then 0 else coalesce(max(cache_read + cache_written), 0) end
        from model_calls held
        where ${isOf(life)} and held.model = agents.model
          and at > now() - ${cacheLifeMs} * interval '1 ms') as cached,
      (select jsonb_object_agg(
          case when budgets.task is null then 'epic' else 'task' end, amount order by id)
        from budgets
        where epic_id = ${epicId} and (budgets.task is null or budgets.task = ${task})) as budgets
    from agents
    join epics on epics.id = agents.epic_id
    join repositories on repositories.id = epics.repository_id
    where agents.epic_id = ${epicId} and agents.key = ${agent}`.execute(db);
  if (rows.length === 0) return null;
  const row = standingRow.parse(rows[0]);
  return { standing: standingOf(row, task), isLost: row.held.isLost };
}

function standingOf(row: z.infer<typeof standingRow>, task: number | null): CallStanding {
  return {
    epicState: row.epic_state,
    agent: {
      state: row.state,
      life: row.life,
      model: row.model,
      budgetHold: row.budget_hold,
    },
    spent: spentBy(task, (level) => row.spent[level]?.cost ?? 0),
    held: {
      likely: spentBy(task, (level) => row.held.likely[level]),
      most: spentBy(task, (level) => row.held.most[level]),
    },
    calls: { made: row.spent.attempt?.calls ?? 0, underWay: row.held.underWay },
    cachedTokens: row.cached,
    set: { epic: row.budgets?.epic ?? null, task: row.budgets?.task ?? null },
    day: row.day,
  };
}

/** Sums of what calls under way hold, by level. */
function sumsOf({ epicId, task, ...life }: LifeIdentity, amount: RawBuilder<unknown>) {
  return sql`jsonb_build_object(
    'day', coalesce(sum(${amount}), 0),
    'epic', coalesce(sum(${amount}) filter (where held.epic_id = ${epicId}), 0),
    'task', coalesce(sum(${amount}) filter (
      where held.epic_id = ${epicId} and held.task = ${task}), 0),
    'attempt', coalesce(sum(${amount}) filter (where ${isOf({ epicId, ...life })}), 0))`;
}

function isOf({ epicId, agent, life }: Pick<LifeIdentity, "epicId" | "agent" | "life">) {
  return sql`held.epic_id = ${epicId} and held.agent = ${agent} and held.life = ${life}`;
}

/** The keys of an epic's, a task's and a life's sum. */
export function subjectsOf({ epicId, agent, task, life }: LifeIdentity) {
  const ofTask = task === null ? null : `${epicId}/${task}`;
  return [String(epicId), ofTask, `${epicId}/${agent}/${life}`] as const;
}

/** Every level that a call of the task, or of none, draws on. */
export function spentBy(task: number | null, costOf: (level: BudgetLevel) => number): Spent {
  return {
    day: costOf("day"),
    epic: costOf("epic"),
    task: task === null ? null : costOf("task"),
    attempt: costOf("attempt"),
  };
}
