import { sql } from "kysely";
import type { Verdicts } from "../../ports/agents.ts";
import { type Db, guarded } from "./database.ts";

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
