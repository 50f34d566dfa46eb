import { sql } from "kysely";
import { agentName } from "../../domain/agent.ts";
import { type BudgetLimits, defaultBudgetLimits } from "../../domain/budget.ts";
import type { EpicSpending, SpendingShare } from "../../domain/epic-status.ts";
import type { EpicView } from "../../domain/epic-view.ts";
import { taskHasEnded } from "../../domain/task.ts";
import type { Db } from "./database.ts";
import { today } from "./read-standing.ts";

/** What an epic's spending is shown against. */
export type SpendingSettings = { readonly limits: BudgetLimits; readonly pricesAsOf: string };

export const defaultSpending: SpendingSettings = {
  limits: defaultBudgetLimits,
  pricesAsOf: "unknown",
};

/** An epic's running sums beside its budgets, with a forecast. */
export async function readSpending(
  db: Db,
  view: EpicView,
  { limits, pricesAsOf }: SpendingSettings,
): Promise<EpicSpending> {
  const { id: epicId, repository } = view.epic;
  const rows = await db
    .selectFrom("spending")
    .selectAll()
    .where((where) =>
      where.or([
        where("epic_id", "=", epicId),
        where.and([
          where("scope", "=", "day"),
          where("subject", "=", sql<string>`${`${repository.installationId}/`} || ${today}`),
        ]),
      ]),
    )
    .execute();
  const set = await budgetsSet(db, epicId);
  const costOf = (scope: string) => rows.find((row) => row.scope === scope)?.cost ?? 0;
  const spent = costOf("epic");
  return {
    spent,
    budget: set.get(null) ?? limits.epic,
    forecast: forecastOf(view, spent),
    today: { spent: costOf("day"), budget: limits.day },
    tasks: view.tasks.map(({ ordinal: task }) => ({
      task,
      spent: rows.find((row) => row.subject === `${epicId}/${task}`)?.cost ?? 0,
      budget: set.get(task) ?? limits.task,
    })),
    shares: rows
      .filter(({ scope }) => scope === "share")
      .sort((one, other) => other.cost - one.cost)
      .map((row) => shareOf(row, view)),
    most: limits.most,
    pricesAsOf,
  };
}

/** The newest counts. */
async function budgetsSet(db: Db, epicId: number): Promise<ReadonlyMap<number | null, number>> {
  const rows = await db
    .selectFrom("budgets")
    .select(["task", "amount"])
    .where("epic_id", "=", epicId)
    .orderBy("id")
    .execute();
  return new Map(rows.map(({ task, amount }) => [task, amount]));
}

/** Tasks yet to land cost what those that landed did, planning and reviews included. */
function forecastOf({ tasks }: EpicView, spent: number): number | null {
  const landed = tasks.filter(({ state }) => state === "COMPLETED").length;
  const remaining = tasks.filter((task) => !taskHasEnded(task)).length;
  return landed === 0 ? null : spent + (spent / landed) * remaining;
}

type SpendingRow = {
  readonly subject: string;
  readonly calls: number;
  readonly tokens_in: number;
  readonly tokens_out: number;
  readonly cache_read: number;
  readonly cache_written: number;
  readonly cost: number;
};

/** `7/worker/3/claude-sonnet-5-5`: an agent's key has a slash of its own, and so may a model's id. */
function shareOf(row: SpendingRow, { epic, tasks, agents }: EpicView): SpendingShare {
  const share = row.subject.slice(`${epic.id}/`.length);
  const agent = agents.find(({ key }) => share.startsWith(`${key}/`));
  const task = tasks.find(({ ordinal }) => ordinal === agent?.task);
  const model = agent ? share.slice(agent.key.length + 1) : share;
  const number = task ? (task.issueNumber ?? task.ordinal) : epic.issueNumber;
  return {
    agent: agent ? agentName(agent.role, number) : "unknown",
    model,
    calls: row.calls,
    tokensIn: row.tokens_in,
    tokensOut: row.tokens_out,
    cacheRead: row.cache_read,
    cacheWritten: row.cache_written,
    cost: row.cost,
  };
}
