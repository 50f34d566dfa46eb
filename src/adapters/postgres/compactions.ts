import { sql } from "kysely";
import type { AgentKey, LifeIdentity } from "../../domain/agent.ts";
import type { Compaction, RecentTurns } from "../../ports/agents.ts";
import type { Db, Tx } from "./database.ts";
import { logDecision } from "./decision-log.ts";

/** The first turn, and from the newest compaction on every other: one statement, one moment. */
export async function recentTurns(db: Db, epicId: number, agent: AgentKey): Promise<RecentTurns> {
  const { rows } = await sql<{
    readonly role: string;
    readonly content: unknown;
    readonly last: number;
    readonly from_seq: number | null;
    readonly summary: string | null;
  }>`
    with newest as (
      select from_seq, summary from compactions
      where epic_id = ${epicId} and agent = ${agent}
      order by from_seq desc limit 1
    )
    select role, content, newest.from_seq, newest.summary,
           (select max(seq) from turns where epic_id = ${epicId} and agent = ${agent}) as last
      from turns left join newest on true
     where epic_id = ${epicId} and agent = ${agent}
       and (seq = 0 or seq >= coalesce(newest.from_seq, 0))
     order by seq`.execute(db);
  const [first] = rows;
  const fromSeq = first?.from_seq ?? null;
  return {
    turns: rows.map(({ role, content }) => ({
      role: role === "assistant" ? "assistant" : "user",
      content,
    })),
    nextSeq: first === undefined ? 0 : first.last + 1,
    compaction: fromSeq === null ? null : { fromSeq, summary: first?.summary ?? "" },
  };
}

/** A compaction that is there stays as it was first stored; one is logged once. */
export async function storeCompaction(
  tx: Tx,
  life: LifeIdentity,
  { fromSeq, summary, tokensBefore, tokensAfter }: Compaction,
): Promise<void> {
  const { epicId, agent } = life;
  const stored = await tx
    .insertInto("compactions")
    .values({
      epic_id: epicId,
      agent,
      from_seq: fromSeq,
      life: life.life,
      summary,
      tokens_before: tokensBefore,
      tokens_after: tokensAfter,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("from_seq")
    .executeTakeFirst();
  if (!stored) return;
  const detail = { life: life.life, fromSeq, tokensBefore, tokensAfter };
  await logDecision(tx, epicId, { agent, what: "conversation compacted", detail });
}
