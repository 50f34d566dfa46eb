import { sql } from "kysely";
import type { AgentKey } from "../../domain/agent.ts";
import { PortError } from "../../lib/port-error.ts";
import type { Note } from "../../ports/epics.ts";
import type { Tx } from "./database.ts";
import { logDecision } from "./decision-log.ts";
import { callFirstInLine } from "./places.ts";

// What is noted of a life in the transaction of a decision.

type Of<Kind extends Note["kind"]> = Extract<Note, { readonly kind: Kind }>;

/** The agent's open life did something. */
export async function progressed(tx: Tx, epicId: number, agent: AgentKey): Promise<void> {
  await tx
    .updateTable("lives")
    .set({ progress_at: sql<Date>`now()` })
    .where("epic_id", "=", epicId)
    .where("agent", "=", agent)
    .where("ended_at", "is", null)
    .execute();
}

/** A life that has ended stays as it ended. */
export async function endLife(tx: Tx, epicId: number, note: Of<"lifeEnded">): Promise<void> {
  await tx
    .updateTable("lives")
    .set({
      ended_at: sql<Date>`now()`,
      how: note.how,
      reason: note.reason,
      last_screen: note.lastScreen,
    })
    .where("epic_id", "=", epicId)
    .where("agent", "=", note.agent)
    .where("life", "=", note.life)
    .where("ended_at", "is", null)
    .execute();
  await callFirstInLine(tx);
}

/** Remembers the question, so that silence can be told from patience. */
export async function askedHealth(tx: Tx, epicId: number, note: Of<"healthAsked">): Promise<void> {
  const { agent, life, seconds } = note;
  await tx
    .updateTable("lives")
    .set({ asked_at: sql<Date>`now()` })
    .where("epic_id", "=", epicId)
    .where("agent", "=", agent)
    .where("life", "=", life)
    .execute();
  await logDecision(tx, epicId, { agent, what: "health check", detail: { life, seconds } });
}

/** Fails the transaction when the life has ended meanwhile. */
export async function checkLife(tx: Tx, epicId: number, note: Of<"holdsLife">): Promise<void> {
  const open = await tx
    .selectFrom("lives")
    .select("life")
    .where("epic_id", "=", epicId)
    .where("agent", "=", note.agent)
    .where("life", "=", note.life)
    .where("ended_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (open) return;
  const message = `life ${note.life} of ${note.agent} of epic ${epicId} has ended meanwhile`;
  throw new PortError("postgres", message, { retryable: true });
}
