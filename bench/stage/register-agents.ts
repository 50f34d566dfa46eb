import pg from "pg";
import { hashToken } from "../../src/lib/token-hash.ts";

export const agentModel = "claude-sonnet-5-5";

export type Registered = {
  readonly epicId: number;
  readonly agent: string;
  /** Of its life, where it has one. */
  readonly token: string;
};

const perEpic = 50;

/**
 * Workers of epics at work, as rows: what the product knows of an agent between two of its calls.
 *
 * @param state ASLEEP: without a life. RUNNING: with one, whose token is returned
 */
export async function registerAgents(
  databaseUrl: string,
  {
    count,
    state,
    firstIssue = 1_000,
  }: {
    readonly count: number;
    readonly state: "ASLEEP" | "RUNNING";
    readonly firstIssue?: number;
  },
): Promise<readonly Registered[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const registered: Registered[] = [];
    for (let left = count; left > 0; left -= perEpic) {
      const issue = firstIssue + registered.length;
      const epicId = await insertEpic(client, issue);
      const workers = Math.min(left, perEpic);
      await insertWorkers(client, epicId, { workers, state, issue });
      registered.push(...(await insertLives(client, epicId, { workers, state })));
    }
    return registered;
  } finally {
    await client.end();
  }
}

async function insertEpic(client: pg.Client, issue: number): Promise<number> {
  await client.query(
    `insert into repositories (github_id, installation_id, owner, name)
     values (99, 99, 'acme', 'bench') on conflict (github_id) do nothing`,
  );
  const { rows } = await client.query<{ id: string }>(
    `insert into epics (repository_id, issue_number, title, body, author_id, author_login, plan,
       plan_accepted, branch, base_branch, base_sha, tip_sha, state)
     select id, $1, 'Bench', 'Bench.', 7, 'mona', 'auto', true, 'ff/epic-' || $1::int, 'main',
       repeat('1', 40), repeat('1', 40), 'IN_PROGRESS'
     from repositories where github_id = 99 returning id`,
    [issue],
  );
  return Number(rows[0]?.id);
}

type Workers = { readonly workers: number; readonly state: string };

async function insertWorkers(
  client: pg.Client,
  epicId: number,
  { workers, state, issue }: Workers & { readonly issue: number },
): Promise<void> {
  await client.query(
    `insert into tasks (epic_id, ordinal, title, description, acceptance, issue_asked,
       issue_number, issue_id, branch, base_sha, attempts, state)
     select $1, n, 'Task ' || n, 'Do it.', '["Done."]', true, $3::int * 100 + n,
       $3::int * 100 + n, 'ff/task-' || n, repeat('1', 40), 0, 'IN_PROGRESS'
     from generate_series(1, $2::int) n`,
    [epicId, workers, issue],
  );
  await client.query(
    `insert into agents (epic_id, key, role, task, state, life, crashes, model)
     select $1, 'worker/' || n, 'worker', n, $3, 1, 0, $4 from generate_series(1, $2::int) n`,
    [epicId, workers, state, agentModel],
  );
}

async function insertLives(
  client: pg.Client,
  epicId: number,
  { workers, state }: Workers,
): Promise<readonly Registered[]> {
  const registered = Array.from({ length: workers }, (_, index) => ({
    epicId,
    agent: `worker/${index + 1}`,
    token: `bench-${epicId}-${index + 1}`,
  }));
  if (state !== "RUNNING") return registered;
  for (const { agent, token } of registered)
    await client.query(
      `insert into lives (epic_id, agent, life, name, role, host, token_hash, seen_at)
       values ($1, $2, 1, $3, 'worker', 'elsewhere', $4, now())`,
      [epicId, agent, token, hashToken(token)],
    );
  return registered;
}
