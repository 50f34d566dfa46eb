import type { Selectable } from "kysely";
import { sql } from "kysely";
import { z } from "zod";
import type { AgentKey, LifeIdentity } from "../../domain/agent.ts";
import type { HostOperation } from "../../domain/effect.ts";
import type { Conversations, StoredCall, Turn } from "../../ports/agents.ts";
import type { ToolReply } from "../../ports/epics.ts";
import { recentTurns, storeCompaction } from "./compactions.ts";
import { type Db, guarded, iso, type Tx } from "./database.ts";
import { logDecision } from "./decision-log.ts";
import { progressed } from "./life-notes.ts";
import type { Listener } from "./listen.ts";
import type { Database } from "./schema.ts";
import { readSessionNotes, storeSessionNote } from "./session-notes.ts";

const reply = z.object({ isError: z.boolean(), content: z.unknown() });

/** Conversations, tool calls and the waits for replies and mail, in PostgreSQL. */
export function createConversations(db: Db, listener: Listener): Conversations {
  const call = (epicId: number, agent: AgentKey, callId: string) =>
    guarded(async () => {
      const row = await callsOf(db, epicId, agent).where("call_id", "=", callId).executeTakeFirst();
      return row ? callOf(row) : null;
    });
  return {
    turns: (epicId, agent) => guarded(() => turns(db, epicId, agent)),
    recent: (epicId, agent) => guarded(() => recentTurns(db, epicId, agent)),
    nextSeq: (epicId, agent) => guarded(() => nextSeq(db, epicId, agent)),
    append: (life, seq, turn) =>
      guarded(() => asNewest(db, life, (tx) => append(tx, life, seq, turn))),
    compact: (life, compaction) =>
      guarded(() => asNewest(db, life, (tx) => storeCompaction(tx, life, compaction))),
    sessionNotes: (epicId, agent) => guarded(() => readSessionNotes(db, epicId, agent)),
    keepSessionNote: (life, note, most) =>
      guarded(() => asNewest(db, life, (tx) => storeSessionNote(tx, life, note, most))),
    call,
    log: ({ epicId, agent }, row) => guarded(() => logDecision(db, epicId, { agent, ...row })),
    openCalls: (epicId, agent) =>
      guarded(async () => {
        const rows = await callsOf(db, epicId, agent).where("reply", "is", null).execute();
        return rows.map(callOf);
      }),
    keepsFailing: (epicId, agent, { tool, times }) =>
      guarded(async () => {
        const newest = callsOf(db, epicId, agent).where("tool", "=", tool);
        const rows = await newest.orderBy("started_at", "desc").limit(times).execute();
        return rows.length === times && rows.every((row) => callOf(row).reply?.isError === true);
      }),
    awaitReply: (epicId, agent, callId, waitMs) =>
      listener.until(
        `reply ${epicId} ${callId}`,
        async () => (await call(epicId, agent, callId))?.reply ?? null,
        waitMs,
      ),
    waitedMs: (epicId, agent) => guarded(() => waitedMs(db, epicId, agent)),
    awaitMail: async (epicId, agent, waitMs) => {
      const look = async () => ((await hasMail(db, epicId, agent)) ? true : null);
      return (await listener.until(`mail ${epicId} ${agent}`, look, waitMs)) ?? false;
    },
  };
}

/** History says since when: the agent's last move is the one into the state it is in. */
async function waitedMs(db: Db, epicId: number, agent: AgentKey): Promise<number> {
  const last = await db
    .selectFrom("history")
    .select(["to_state", sql<number>`extract(epoch from now() - at) * 1000`.as("age_ms")])
    .where("epic_id", "=", epicId)
    .where("noun", "=", "agent")
    .where("noun_key", "=", agent)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return last?.to_state === "WAITING" ? Math.round(last.age_ms) : 0;
}

async function turns(db: Db, epicId: number, agent: AgentKey): Promise<readonly Turn[]> {
  const rows = await db
    .selectFrom("turns")
    .select(["role", "content"])
    .where("epic_id", "=", epicId)
    .where("agent", "=", agent)
    .orderBy("seq")
    .execute();
  return rows.map((row) => ({
    role: row.role === "assistant" ? "assistant" : "user",
    content: row.content,
  }));
}

async function nextSeq(db: Db, epicId: number, agent: AgentKey): Promise<number> {
  const { next } = await db
    .selectFrom("turns")
    .select(sql<number>`coalesce(max(seq) + 1, 0)`.as("next"))
    .where("epic_id", "=", epicId)
    .where("agent", "=", agent)
    .executeTakeFirstOrThrow();
  return next;
}

/** Only the newest life writes. @returns false when this is another */
async function asNewest(
  db: Db,
  life: LifeIdentity,
  write: (tx: Tx) => Promise<void>,
): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    const newest = await tx
      .selectFrom("lives")
      .select("life")
      .where("epic_id", "=", life.epicId)
      .where("agent", "=", life.agent)
      .orderBy("life", "desc")
      .limit(1)
      .forUpdate()
      .executeTakeFirst();
    if (newest?.life !== life.life) return false;
    await write(tx);
    await progressed(tx, life.epicId, life.agent);
    return true;
  });
}

/** A turn that is there stays as it was first stored. */
async function append(tx: Tx, life: LifeIdentity, seq: number, turn: Turn): Promise<void> {
  await tx
    .insertInto("turns")
    .values({
      epic_id: life.epicId,
      agent: life.agent,
      seq,
      life: life.life,
      role: turn.role,
      content: JSON.stringify(turn.content),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function callsOf(db: Db, epicId: number, agent: AgentKey) {
  return db
    .selectFrom("tool_calls")
    .selectAll()
    .where("epic_id", "=", epicId)
    .where("agent", "=", agent)
    .orderBy("started_at");
}

function callOf(row: Selectable<Database["tool_calls"]>): StoredCall {
  return {
    callId: row.call_id,
    tool: row.tool,
    life: row.life,
    reply: row.reply === null ? null : replyOf(row.reply),
    // Written by saveNote from this very union.
    operation: row.operation === null ? null : (row.operation as HostOperation),
    startedAt: iso(row.started_at),
  };
}

function replyOf(value: unknown): ToolReply {
  const { isError, content } = reply.parse(value);
  return { isError, content };
}

async function hasMail(db: Db, epicId: number, agent: AgentKey): Promise<boolean> {
  const row = await db
    .selectFrom("mail")
    .select(sql<number>`1`.as("one"))
    .where("epic_id", "=", epicId)
    .where("to_agent", "=", agent)
    .where("read_at", "is", null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
