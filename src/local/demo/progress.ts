import pg from "pg";
import { RunFailure } from "./run-failure.ts";

// What the demo shows while it runs, read from the product's own tables: the demo is an onlooker.

const queryLimitMs = 10_000;

export type TaskProgress = {
  readonly ordinal: number;
  readonly title: string;
  readonly state: string;
  readonly issue: number | null;
  readonly pullRequest: number | null;
  readonly agent: string | null;
  readonly agentState: string | null;
  readonly mergeSha: string | null;
};

export type Progress = {
  readonly epicId: number | null;
  readonly state: string;
  /** Its comment is there: whoever answers the plan before that cannot have read it. */
  readonly planIsShown: boolean;
  readonly pullRequest: number | null;
  readonly isDraft: boolean;
  readonly tasks: readonly TaskProgress[];
  /** Effects not yet done, lives not yet ended, texts not yet sent: nothing may be left at the end. */
  readonly unfinished: number;
};

export type Onlooker = {
  readonly look: (issue: number) => Promise<Progress>;
  readonly usage: () => Promise<readonly RoleUsage[]>;
  /** Lives that ended without having been asked to, and had to be followed by another. */
  readonly crashes: () => Promise<number>;
  /** How firmly the life that was locked in least was: A, B, C or none; null before the first. */
  readonly level: () => Promise<string | null>;
  /** How many agents lived in each harness, of those that lived. */
  readonly livedIn: () => Promise<readonly { readonly harness: string; readonly agents: number }[]>;
  readonly close: () => Promise<void>;
};

export type RoleUsage = {
  readonly role: string;
  readonly calls: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly seconds: number;
};

export function createOnlooker(databaseUrl: string): Onlooker {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 2,
    query_timeout: queryLimitMs,
  });
  pool.on("error", () => {});
  const rows = async (text: string, values: readonly unknown[]) =>
    (await pool.query<Record<string, unknown>>(text, [...values])).rows;
  return {
    look: async (issue) =>
      await look(rows, issue).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        throw new RunFailure(`PostgreSQL does not answer any more (${reason})`);
      }),
    usage: async () =>
      (
        await rows(
          `select role, count(*) as calls, sum(tokens_in + cache_read + cache_written) as tokens_in,
                  sum(tokens_out) as tokens_out, sum(latency_ms) / 1000.0 as seconds
             from model_calls group by role order by role`,
          [],
        )
      ).map((row) => ({
        role: String(row.role),
        calls: Number(row.calls),
        tokensIn: Number(row.tokens_in),
        tokensOut: Number(row.tokens_out),
        seconds: Number(row.seconds),
      })),
    level: async () => {
      // Their names are in order, best first.
      const [row] = await rows('select max(cell_level collate "C") as level from lives', []);
      return typeof row?.level === "string" ? row.level : null;
    },
    livedIn: async () => {
      const counted = await rows(
        `select harness, count(*) as agents from agents as agent
          where exists (select from lives
                         where lives.epic_id = agent.epic_id and lives.agent = agent.key)
          group by harness order by harness`,
        [],
      );
      return counted.map(({ harness, agents }) => ({
        harness: String(harness),
        agents: Number(agents),
      }));
    },
    crashes: async () => {
      const [row] = await rows(
        `select count(*) as crashes from lives as crashed
          where how = 'crashed' and exists (
            select from lives as next
             where next.epic_id = crashed.epic_id and next.agent = crashed.agent
               and next.life > crashed.life)`,
        [],
      );
      return Number(row?.crashes);
    },
    close: () => pool.end(),
  };
}

type Rows = (
  text: string,
  values: readonly unknown[],
) => Promise<readonly Record<string, unknown>[]>;

async function look(rows: Rows, issue: number): Promise<Progress> {
  const [epic] = await rows(
    "select id, state, plan_shown_by, pull_request, pull_request_is_draft from epics where issue_number = $1",
    [issue],
  );
  if (!epic)
    return {
      epicId: null,
      state: "LABELLED",
      planIsShown: false,
      pullRequest: null,
      isDraft: true,
      tasks: [],
      unfinished: 0,
    };
  const tasks = await rows(
    `select t.ordinal, t.title, t.state, t.issue_number, t.pull_request, a.key, a.state as agent_state,
            t.state_fields ->> 'mergeSha' as merge_sha
       from tasks t left join agents a on a.epic_id = t.epic_id and a.task = t.ordinal
      where t.epic_id = $1 order by t.ordinal`,
    [epic.id],
  );
  const [left] = await rows(
    `select (select count(*) from outbox where epic_id = $1 and state = 'waiting')
          + (select count(*) from lives where epic_id = $1 and ended_at is null)
          + (select count(*) from deliveries where state = 'waiting')
          + (select count(*) from living_texts where epic_id = $1 and wanted_version > sent_version) as left`,
    [epic.id],
  );
  return {
    epicId: Number(epic.id),
    state: String(epic.state),
    planIsShown: epic.plan_shown_by !== null,
    pullRequest: numberOf(epic.pull_request),
    isDraft: epic.pull_request_is_draft === true,
    tasks: tasks.map(taskOf),
    unfinished: Number(left?.left),
  };
}

function taskOf(row: Record<string, unknown>): TaskProgress {
  const issue = numberOf(row.issue_number);
  return {
    ordinal: Number(row.ordinal),
    title: String(row.title),
    state: String(row.state),
    issue,
    pullRequest: numberOf(row.pull_request),
    agent: row.key === null ? null : `worker-${issue ?? row.ordinal}`,
    agentState: row.agent_state === null ? null : String(row.agent_state),
    mergeSha: row.merge_sha === null ? null : String(row.merge_sha),
  };
}

function numberOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
