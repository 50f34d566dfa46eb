import { type Selectable, sql } from "kysely";
import type { HostedLife, LifeRow } from "../../ports/agents.ts";
import { type Db, iso } from "./database.ts";
import { agentKeyOf, roleOf } from "./noun-rows.ts";
import type { Database } from "./schema.ts";

/** Lives of a host that have not ended, joined with their agents. */
export function hostedLives(db: Db, host: string) {
  return db
    .selectFrom("lives")
    .innerJoin("agents", (join) =>
      join.onRef("agents.epic_id", "=", "lives.epic_id").onRef("agents.key", "=", "lives.agent"),
    )
    .selectAll("lives")
    .select([
      sql<number>`(extract(epoch from now() - lives.started_at) * 1000)::float8`.as("age_ms"),
      sql<boolean>`agents.state in ('STARTING', 'RUNNING', 'WAITING', 'CRASHED')`.as("is_wanted"),
      weatherBefore.as("weather_before"),
      heldForMs.as("held_for_ms"),
    ])
    .where("lives.host", "=", host)
    .where("lives.ended_at", "is", null);
}

/** Since the agent's last life that ended in any other way, and since people last resumed its epic. */
const weatherBefore = sql<number>`(
  select count(*) from lives as gone
   where gone.epic_id = lives.epic_id and gone.agent = lives.agent and gone.life < lives.life
     and gone.life > coalesce((
       select max(other.life) from lives as other
        where other.epic_id = lives.epic_id and other.agent = lives.agent
          and other.life < lives.life and other.how not in ('weather', 'fenced', 'superseded')), 0)
     and gone.ended_at > coalesce((
       select max(resumed.at) from history as resumed
        where resumed.epic_id = lives.epic_id and resumed.noun = 'epic'
          and resumed.from_state = 'PAUSED'), '-infinity'))`;

/** A life ends soon after it was sent away: one that outlived that ended for another reason. */
const heldForMs = sql<number | null>`(
  case when held_until > now() - interval '30 seconds'
       then extract(epoch from greatest(held_until - now(), interval '0')) * 1000 end)::float8`;

type HostedRow = Selectable<Database["lives"]> & {
  readonly age_ms: number;
  readonly is_wanted: boolean;
  readonly weather_before: number;
  readonly held_for_ms: number | null;
};

/** A life from such a row. */
export function hostedLifeOf(row: HostedRow): HostedLife {
  return {
    ...lifeOf(row),
    ageMs: Math.round(row.age_ms),
    weatherBefore: Number(row.weather_before),
    heldForMs: row.held_for_ms === null ? null : Math.round(row.held_for_ms),
    isWanted: row.is_wanted,
  };
}

/** A life from its row. */
export function lifeOf(row: Selectable<Database["lives"]>): LifeRow {
  return {
    epicId: row.epic_id,
    agent: agentKeyOf(row.agent),
    role: roleOf(row.role),
    life: row.life,
    name: row.name,
    startedAt: iso(row.started_at),
  };
}
