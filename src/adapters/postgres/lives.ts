import type { Selectable } from "kysely";
import { sql } from "kysely";
import { taskOfAgent } from "../../domain/agent.ts";
import { PortError } from "../../lib/port-error.ts";
import type { LifelessAgent, LifeRow, LivesStore, NewLife } from "../../ports/agents.ts";
import type { PlaceLimits } from "../../ports/places.ts";
import { type Db, guarded, type Tx } from "./database.ts";
import { hostedLifeOf, hostedLives, lifeOf } from "./hosted-lives.ts";
import { inFuture } from "./inbox.ts";
import { agentOfRow } from "./noun-rows.ts";
import { askPlace, callFirstInLine, showPlaces } from "./places.ts";
import type { Database } from "./schema.ts";

/** Lives in PostgreSQL: numbers grow under the agent's row lock, tokens are kept hashed. */
export function createLives(db: Db): LivesStore {
  return {
    begin: (life) => guarded(() => db.transaction().execute((tx) => begin(tx, life))),
    beginInPlace: (life, effectId, limits) =>
      guarded(() => beginInPlace(db, { life, effectId, limits })),
    identify: (tokenHash, busyForMs = 0) => guarded(() => identify(db, tokenHash, busyForMs)),
    onHost: (host) =>
      guarded(async () => (await hostedLives(db, host).execute()).map(hostedLifeOf)),
    lifeless: () => guarded(() => lifeless(db)),
    newest: (epicId, agent) =>
      guarded(async () => {
        const row = await db
          .selectFrom("lives")
          .selectAll()
          .where("epic_id", "=", epicId)
          .where("agent", "=", agent)
          .orderBy("life", "desc")
          .limit(1)
          .executeTakeFirst();
        return row ? lifeOf(row) : null;
      }),
  };
}

/** Counting and taking a place is one step, whatever other hosts do. */
async function beginInPlace(
  db: Db,
  asked: {
    readonly life: NewLife;
    readonly effectId: number | null;
    readonly limits: PlaceLimits;
  },
) {
  const { life, effectId, limits } = asked;
  const answer = await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('places'))`.execute(tx);
    const place = await askPlace(tx, { ...life, effectId }, limits);
    return place.kind === "queued"
      ? place
      : { kind: "begun" as const, life: await begin(tx, life) };
  });
  if (answer.kind === "begun") {
    await callFirstInLine(db);
    await showPlaces(db);
  }
  return answer;
}

/** Numbers grow under the agent's row lock; a life that never reported its end is superseded. */
async function begin(tx: Tx, life: NewLife): Promise<LifeRow> {
  const agent = await tx
    .selectFrom("agents")
    .selectAll()
    .where("epic_id", "=", life.epicId)
    .where("key", "=", life.agent)
    .forUpdate()
    .executeTakeFirst();
  if (!agent)
    throw new PortError("postgres", `There is no agent ${life.agent} in epic ${life.epicId}`, {
      retryable: false,
    });
  await tx
    .updateTable("lives")
    .set({ ended_at: sql<Date>`now()`, how: "superseded" })
    .where("epic_id", "=", life.epicId)
    .where("agent", "=", life.agent)
    .where("ended_at", "is", null)
    .execute();
  const { last } = await tx
    .selectFrom("lives")
    .select(sql<number>`coalesce(max(life), 0)`.as("last"))
    .where("epic_id", "=", life.epicId)
    .where("agent", "=", life.agent)
    .executeTakeFirstOrThrow();
  const number = last + 1;
  const row = await tx
    .insertInto("lives")
    .values({
      epic_id: life.epicId,
      agent: life.agent,
      life: number,
      name: `${life.namePrefix}-${number}`,
      role: life.role,
      host: life.host,
      token_hash: life.tokenHash,
      cell_level: life.cellLevel ?? null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return lifeOf(row);
}

async function identify(db: Db, tokenHash: string, busyForMs: number) {
  const row = await db
    .updateTable("lives")
    .set({
      seen_at: sql<Date>`now()`,
      ...(busyForMs > 0
        ? { busy_until: sql<Date>`greatest(busy_until, ${inFuture(busyForMs)})` }
        : {}),
    })
    .where("token_hash", "=", tokenHash)
    .where("ended_at", "is", null)
    .returningAll()
    .executeTakeFirst();
  if (!row) return null;
  const { epicId, agent, role, life, name } = lifeOf(row);
  return { epicId, agent, role, life, name, task: taskOfAgent(agent) };
}

/** One statement, so that a life that starts or ends meanwhile is seen whole or not at all. */
async function lifeless(db: Db): Promise<readonly LifelessAgent[]> {
  const { rows } = await sql<Selectable<Database["agents"]>>`
    select agents.*
    from agents
    join epics on epics.id = agents.epic_id
    where epics.state not in ('COMPLETED', 'FAILED', 'CANCELLED')
      and agents.state in ('STARTING', 'RUNNING', 'WAITING')
      and not exists (
        select from lives
        where lives.epic_id = agents.epic_id and lives.agent = agents.key and lives.ended_at is null
      )
      and not exists (
        select from outbox
        where outbox.epic_id = agents.epic_id and outbox.state = 'waiting'
          and outbox.kind = 'startLife' and outbox.effect ->> 'agent' = agents.key
      )
    order by agents.epic_id, agents.key`.execute(db);
  return rows.map((row) => ({ epicId: row.epic_id, agent: agentOfRow(row) }));
}
