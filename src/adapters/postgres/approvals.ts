import { type Selectable, sql } from "kysely";
import { z } from "zod";
import { type Approval, type ApprovalState, isOpen } from "../../domain/approval.ts";
import { approvalMoves } from "../../domain/transitions.ts";
import type { Cause } from "../../ports/epics.ts";
import type { Db, Tx } from "./database.ts";
import { logDecision } from "./decision-log.ts";
import { agentKeyOf } from "./noun-rows.ts";
import { saveMove } from "./save-move.ts";
import type { Database } from "./schema.ts";

const by = z.string();

const approvalState = z.discriminatedUnion("state", [
  z.object({ state: z.literal("PENDING") }),
  z.object({ state: z.literal("APPROVED"), by }),
  z.object({ state: z.literal("DENIED"), by, reason: z.string() }),
  z.object({ state: z.literal("EXPIRED") }),
  z.object({ state: z.literal("RAN"), by }),
  z.object({ state: z.literal("WITHDRAWN") }),
]) satisfies z.ZodType<ApprovalState>;

const isOverdue = sql<boolean>`state in ('PENDING', 'APPROVED')
  and changed_at + make_interval(secs => limit_ms / 1000.0) <= now()`;

/** Asks for every approval of an epic, in order of asking; `overdue` by the database's clock. */
export function approvalRows(db: Db | Tx, epicId: number) {
  return db
    .selectFrom("approvals")
    .select(["id", "agent", "tool", "input", "limit_ms", "comment_id"])
    .select(["state", "decided_by", "reason", isOverdue.as("overdue")])
    .where("epic_id", "=", epicId)
    .orderBy("asked_at")
    .orderBy("id");
}

/** Epics with an approval whose time is over. */
export async function epicsWithOverdueApprovals(db: Db): Promise<readonly number[]> {
  const rows = await db
    .selectFrom("approvals")
    .select("epic_id")
    .distinct()
    .where(isOverdue)
    .orderBy("epic_id")
    .execute();
  return rows.map((row) => row.epic_id);
}

/** Stores an approval with its move; its time starts anew with each state. */
export async function saveApproval(
  tx: Tx,
  epicId: number,
  {
    approval,
    from,
    cause,
  }: {
    readonly approval: Approval;
    /** null for a new one. */
    readonly from: Approval["state"] | null;
    readonly cause: Cause;
  },
): Promise<void> {
  const { id, agent, tool, state } = approval;
  const decided = {
    state,
    decided_by: "by" in approval ? approval.by : null,
    reason: "reason" in approval ? approval.reason : null,
    comment_id: approval.commentId,
  };
  await tx
    .insertInto("approvals")
    .values({
      epic_id: epicId,
      id,
      agent,
      tool,
      input: JSON.stringify(approval.input),
      limit_ms: approval.limitMs,
      ...decided,
    })
    .onConflict((conflict) =>
      conflict.columns(["epic_id", "id"]).doUpdateSet({
        ...decided,
        ...(from === state ? {} : { changed_at: sql<Date>`now()` }),
      }),
    )
    .execute();
  const noun = { epicId, noun: "approval", key: id, cause };
  await saveMove(tx, noun, approvalMoves, { from, to: state });
  if (from === state) return;
  const { input } = approval;
  const detail = { id, tool, state, ...(from === null ? { input } : {}), ...wordsOf(approval) };
  await logDecision(tx, epicId, { agent, what: `approval ${id}`, detail });
}

function wordsOf(approval: ApprovalState) {
  return {
    ...("by" in approval ? { by: approval.by } : {}),
    ...("reason" in approval ? { reason: approval.reason } : {}),
  };
}

/** An approval from its row. */
export function approvalOf(
  row: Omit<Selectable<Database["approvals"]>, "epic_id" | "asked_at" | "changed_at"> & {
    readonly overdue: boolean;
  },
): Approval {
  const { decided_by: decidedBy, reason, state } = row;
  const approval = {
    id: row.id,
    agent: agentKeyOf(row.agent),
    tool: row.tool,
    input: row.input,
    limitMs: row.limit_ms,
    commentId: row.comment_id,
    ...approvalState.parse({ state, by: decidedBy, reason: reason ?? "" }),
  };
  return { ...approval, overdue: isOpen(approval) && row.overdue };
}
