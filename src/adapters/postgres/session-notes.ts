import type { AgentKey, LifeIdentity } from "../../domain/agent.ts";
import type { SessionNote } from "../../ports/agents.ts";
import type { Db, Tx } from "./database.ts";

/** In the order in which they came. */
export async function readSessionNotes(
  db: Db,
  epicId: number,
  agent: AgentKey,
): Promise<readonly SessionNote[]> {
  const rows = await db
    .selectFrom("session_notes")
    .select(["after_seq", "note"])
    .where("epic_id", "=", epicId)
    .where("agent", "=", agent)
    .orderBy("after_seq")
    .orderBy("life")
    .orderBy("place")
    .execute();
  return rows.map((row) => ({ afterSeq: row.after_seq, note: row.note }));
}

/** One that is there stays as it was first stored; beyond `most` of an agent none is added. */
export async function storeSessionNote(
  tx: Tx,
  { epicId, agent, life }: LifeIdentity,
  { place, afterSeq, note }: SessionNote & { readonly place: number },
  most: number,
): Promise<void> {
  const { count } = await tx
    .selectFrom("session_notes")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("epic_id", "=", epicId)
    .where("agent", "=", agent)
    .executeTakeFirstOrThrow();
  if (Number(count) >= most) return;
  await tx
    .insertInto("session_notes")
    .values({
      ...{ epic_id: epicId, agent, life, place },
      after_seq: afterSeq,
      note: JSON.stringify(note),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
