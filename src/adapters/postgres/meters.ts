import { sql } from "kysely";
import { z } from "zod";
import type { ModelCalls, Verdicts } from "../../ports/agents.ts";
import { type Db, guarded } from "./database.ts";

const roles = z.enum(["orchestrator", "supervisor", "worker"]);

/** What models cost, a row per call, in PostgreSQL. */
export function createModelCalls(db: Db): ModelCalls {
  return {
    record: (call) =>
      guarded(async () => {
        await db
          .insertInto("model_calls")
          .values({
            epic_id: call.life.epicId,
            agent: call.life.agent,
            task: call.life.task,
            life: call.life.life,
            role: call.life.role,
            model: call.model,
            status: call.status,
            tokens_in: call.tokensIn,
            tokens_out: call.tokensOut,
            cache_read: call.cacheRead,
            cache_written: call.cacheWritten,
            latency_ms: Math.round(call.latencyMs),
            cost: call.cost,
          })
          .execute();
      }),
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
        return rows.map((row) => ({ ...row, role: roles.parse(row.role) }));
      }),
  };
}

/** Verdicts by tree and command, in PostgreSQL. */
export function createVerdicts(db: Db): Verdicts {
  return {
    find: (tree, command) =>
      guarded(async () => {
        const row = await db
          .selectFrom("verdicts")
          .select(["passed", "output"])
          .where("tree_sha", "=", tree)
          .where("command", "=", command)
          .executeTakeFirst();
        return row ?? null;
      }),
    cuts: (epicId, what, landing) =>
      guarded(async () => {
        const { cuts } = await db
          .selectFrom("decisions")
          .select(sql<number>`count(*)::int`.as("cuts"))
          .where("epic_id", "=", epicId)
          .where("what", "=", what)
          .where(sql`detail ->> 'landing'`, "=", landing)
          .executeTakeFirstOrThrow();
        return cuts;
      }),
    keep: (verdict) =>
      guarded(async () => {
        await db
          .insertInto("verdicts")
          .values({
            tree_sha: verdict.tree,
            command: verdict.command,
            passed: verdict.passed,
            output: verdict.output,
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }),
  };
}
