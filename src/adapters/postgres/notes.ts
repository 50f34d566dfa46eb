import { sql } from "kysely";
import type { Note, ToolReply } from "../../ports/epics.ts";
import { stale, type Tx } from "./database.ts";
import { logDecision, redacted } from "./decision-log.ts";
import { askedHealth, checkLife, endLife, progressed } from "./life-notes.ts";
import { announceReply } from "./listen.ts";
import { saveRefusalTold } from "./refusals-told.ts";

const maxLoggedReply = 4_000;

/** Stores one note inside the transaction of the decision it belongs to. */
export async function saveNote(tx: Tx, epicId: number, note: Note): Promise<void> {
  switch (note.kind) {
    case "deliveryDone":
      return await finishDelivery(tx, note);
    case "effectDone":
      return await finishEffect(tx, note, { state: "done", error: null });
    case "effectRefused":
      return await finishEffect(tx, note, { state: "refused", error: note.reason });
    case "commandDone":
      return await saveCommand(tx, epicId, note);
    case "refusalTold":
      return await saveRefusalTold(tx, { epicId, ...note });
    case "toolCall":
      return await saveToolCall(tx, epicId, note);
    case "toolReply":
      return await saveToolReply(tx, epicId, note);
    case "mailRead":
      return await markRead(tx, epicId, note);
    case "lifeEnded":
      return await endLife(tx, epicId, note);
    case "healthAsked":
      return await askedHealth(tx, epicId, note);
    case "holdsLife":
      return await checkLife(tx, epicId, note);
    case "holdsLease":
      return await checkLease(tx, note);
    case "landing":
      return await saveLanding(tx, epicId, note);
    case "log":
      return await logDecision(tx, epicId, note);
    default:
      return note satisfies never;
  }
}

type Of<Kind extends Note["kind"]> = Extract<Note, { readonly kind: Kind }>;

/** A transaction that is repeated, because nobody heard that it was stored, stores nothing twice. */
async function finishDelivery(tx: Tx, { guid }: Of<"deliveryDone">): Promise<void> {
  const finished = await tx
    .updateTable("deliveries")
    .set({ state: "done", error: null })
    .where("guid", "=", guid)
    .where("state", "=", "waiting")
    .returning("guid")
    .executeTakeFirst();
  if (!finished) throw stale(`the delivery ${guid}`);
}

/** Fenced by the lane's epoch: a sender that lost its lane finishes nothing. */
async function finishEffect(
  tx: Tx,
  note: { readonly id: number; readonly epoch: number },
  end: { readonly state: string; readonly error: string | null },
): Promise<void> {
  const held = await tx
    .selectFrom("lanes")
    .innerJoin("outbox", "outbox.lane", "lanes.lane")
    .select("lanes.lane")
    .where("outbox.id", "=", note.id)
    .where("outbox.state", "=", "waiting")
    .where("lanes.epoch", "=", note.epoch)
    .forUpdate("lanes")
    .executeTakeFirst();
  if (!held) throw stale(`the lane of effect ${note.id}`);
  await tx
    .updateTable("outbox")
    .set({ ...end, finished_at: sql<Date>`now()` })
    .where("id", "=", note.id)
    .execute();
}

async function saveCommand(tx: Tx, epicId: number, note: Of<"commandDone">): Promise<void> {
  const saved = await tx
    .insertInto("commands")
    .values({
      comment_id: note.commentId,
      position: note.index,
      epic_id: epicId,
      text: note.text,
      outcome: note.outcome,
    })
    .onConflict((conflict) => conflict.columns(["comment_id", "position"]).doNothing())
    .returning("comment_id")
    .executeTakeFirst();
  if (!saved) throw stale(`command ${note.index} of comment ${note.commentId}`);
}

async function saveToolCall(tx: Tx, epicId: number, note: Of<"toolCall">): Promise<void> {
  const input = JSON.stringify(redacted(note.input));
  await tx
    .insertInto("tool_calls")
    .values({
      epic_id: epicId,
      agent: note.life.agent,
      call_id: note.callId,
      life: note.life.life,
      tool: note.tool,
      input,
      operation: note.operation === null ? null : JSON.stringify(note.operation),
      reply: note.reply === null ? null : JSON.stringify(note.reply),
      replied_at: note.reply === null ? null : sql<Date>`now()`,
    })
    .execute();
  const { agent } = note.life;
  await progressed(tx, epicId, agent);
  if (note.reply)
    return await logReply(tx, epicId, { agent, tool: note.tool, callId: note.callId }, note.reply);
  // What the host does was logged when it was asked for.
  if (note.operation !== null) return;
  const detail = { callId: note.callId, input: note.input };
  await logDecision(tx, epicId, { agent, what: `tool ${note.tool}`, detail });
}

/** The log tells what a call led to; a long reply stands whole in tool_calls alone. */
async function logReply(
  tx: Tx,
  epicId: number,
  {
    agent,
    tool,
    callId,
  }: { readonly agent: string; readonly tool: string; readonly callId: string },
  { isError, content }: ToolReply,
): Promise<void> {
  const length = JSON.stringify(content)?.length ?? 0;
  const reply = length > maxLoggedReply ? { length } : content;
  const detail = { callId, isError, reply };
  await logDecision(tx, epicId, { agent, what: `tool ${tool} replied`, detail });
}

async function saveToolReply(tx: Tx, epicId: number, note: Of<"toolReply">): Promise<void> {
  const replied = await tx
    .updateTable("tool_calls")
    .set({ reply: JSON.stringify(note.reply), replied_at: sql<Date>`now()` })
    .where("epic_id", "=", epicId)
    .where("agent", "=", note.agent)
    .where("call_id", "=", note.callId)
    .where("reply", "is", null)
    .returning("tool")
    .executeTakeFirst();
  if (!replied) return;
  await progressed(tx, epicId, note.agent);
  const call = { agent: note.agent, tool: replied.tool, callId: note.callId };
  await logReply(tx, epicId, call, note.reply);
  await announceReply(tx, epicId, note.callId);
}

async function markRead(tx: Tx, epicId: number, note: Of<"mailRead">): Promise<void> {
  if (note.ids.length === 0) return;
  await tx
    .updateTable("mail")
    .set({ read_at: sql<Date>`now()`, read_by_life: note.life.life })
    .where("epic_id", "=", epicId)
    .where("to_agent", "=", note.life.agent)
    .where("id", "in", [...note.ids])
    .where("read_at", "is", null)
    .execute();
}

async function checkLease(tx: Tx, note: Of<"holdsLease">): Promise<void> {
  const held = await tx
    .selectFrom("leases")
    .select("epoch")
    .where("key", "=", note.key)
    .where("epoch", "=", note.epoch)
    .where("expires_at", ">", sql<Date>`now()`)
    .forUpdate()
    .executeTakeFirst();
  if (!held) throw stale(`the lease ${note.key}`);
}

async function saveLanding(tx: Tx, epicId: number, { landing }: Of<"landing">): Promise<void> {
  const columns = {
    id: landing.id,
    epic_id: epicId,
    task: landing.task,
    head_sha: landing.headSha,
    tip_sha: landing.tipSha,
    tree_sha: landing.treeSha,
    merge_sha: landing.mergeSha,
    state: landing.state,
    lease_epoch: landing.leaseEpoch,
    started_at: landing.startedAt,
  };
  await tx
    .insertInto("landings")
    .values(columns)
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet({ ...columns, updated_at: sql<Date>`now()` }),
    )
    .execute();
}
