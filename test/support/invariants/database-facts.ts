import pg from "pg";
import { z } from "zod";

// The product's tables, read by plain SQL on a connection of our own: what is judged must not be
// read by the code that is judged.

const int8 = 20;
const numeric = 1700;
const connectTimeoutMs = 5_000;

const id = z.number();
const at = z.date();
const maybeAt = z.date().nullable();
const text = z.string().nullable();
const fields = z.object({ reason: z.string().optional() });

const tables = {
  repositories: z.object({
    id,
    github_id: id,
    installation_id: id,
    owner: z.string(),
    name: z.string(),
  }),
  epics: z.object({
    id,
    repository_id: id,
    issue_number: id,
    verify_command: text,
    branch: z.string(),
    base_branch: z.string(),
    base_sha: text,
    tip_sha: text,
    pull_request: id.nullable(),
    state: z.string(),
    state_fields: fields,
    ended_at: maybeAt,
  }),
  tasks: z.object({
    epic_id: id,
    ordinal: id,
    issue_asked: z.boolean(),
    issue_number: id.nullable(),
    branch: text,
    base_sha: text,
    head_sha: text,
    submitted_sha: text,
    queue_place: id.nullable(),
    pull_request: id.nullable(),
    state: z.string(),
    state_fields: fields,
  }),
  agents: z.object({
    epic_id: id,
    key: z.string(),
    role: z.string(),
    task: id.nullable(),
    state: z.string(),
    life: id,
    crashes: id,
  }),
  approvals: z.object({ epic_id: id, id: z.string(), state: z.string() }),
  history: z.object({
    id,
    epic_id: id,
    noun: z.string(),
    noun_key: z.string(),
    from_state: text,
    to_state: z.string(),
    cause: z.string(),
    actor: text,
    at,
  }),
  deliveries: z.object({
    guid: z.string(),
    event: z.string(),
    state: z.string(),
    received_at: at,
    attempts: id,
    error: text,
  }),
  outbox: z.object({
    id,
    lane: z.string(),
    epic_id: id,
    effect_key: z.string(),
    kind: z.string(),
    effect: z.record(z.string(), z.unknown()),
    state: z.string(),
    created_at: at,
    attempts: id,
    finished_at: maybeAt,
    error: text,
  }),
  leases: z.object({ key: z.string(), epoch: id }),
  commands: z.object({
    comment_id: id,
    position: id,
    epic_id: id,
    text: z.string(),
    outcome: z.string(),
  }),
  living_texts: z.object({
    epic_id: id,
    wanted_version: id,
    sent_version: id,
    comment_id: id.nullable(),
  }),
  lives: z.object({
    epic_id: id,
    agent: z.string(),
    life: id,
    name: z.string(),
    host: z.string(),
    ended_at: maybeAt,
  }),
  turns: z.object({
    epic_id: id,
    agent: z.string(),
    seq: id,
    life: id,
    role: z.string(),
    content: z.unknown(),
    at,
  }),
  compactions: z.object({ epic_id: id, agent: z.string(), from_seq: id, life: id }),
  tool_calls: z.object({
    epic_id: id,
    agent: z.string(),
    call_id: z.string(),
    life: id,
    tool: z.string(),
    input: z.unknown(),
    operation: z.record(z.string(), z.unknown()).nullable(),
    reply: z.object({ isError: z.boolean(), content: z.unknown() }).nullable(),
    started_at: at,
  }),
  mail: z.object({
    id,
    epic_id: id,
    to_agent: z.string(),
    sender: z.record(z.string(), z.unknown()),
  }),
  landings: z.object({
    id: z.string(),
    epic_id: id,
    task: id,
    head_sha: z.string(),
    tip_sha: z.string(),
    tree_sha: text,
    merge_sha: text,
    state: z.string(),
    lease_epoch: id,
    started_at: at,
    updated_at: at,
  }),
  verdicts: z.object({ tree_sha: z.string(), command: z.string(), passed: z.boolean() }),
  model_calls: z.object({ epic_id: id, agent: z.string(), life: id, status: id }),
} as const;

const order: Partial<Record<keyof typeof tables, string>> = {
  history: "id",
  outbox: "id",
  turns: "epic_id, agent, seq",
  tool_calls: "started_at, call_id",
  landings: "updated_at, started_at",
  tasks: "epic_id, ordinal",
  lives: "epic_id, agent, life",
  epics: "id",
};

type Tables = {
  readonly [Name in keyof typeof tables]: readonly z.output<(typeof tables)[Name]>[];
};
export type Row<Name extends keyof Tables> = Tables[Name][number];

export type DatabaseFacts = Tables & {
  /** Every row of every table as JSON, for what must be nowhere. */
  readonly everything: readonly { readonly table: string; readonly text: string }[];
};

/** The database's clock, now. */
export async function databaseTime(databaseUrl: string): Promise<Date> {
  return await withClient(databaseUrl, async (client) => {
    const { rows } = await client.query("select now() as now");
    return z.tuple([z.object({ now: at })]).parse(rows)[0].now;
  });
}

/** All tables as they are at one moment. */
export async function readDatabase(databaseUrl: string): Promise<DatabaseFacts> {
  return await withClient(databaseUrl, async (client) => {
    await client.query("begin isolation level repeatable read read only");
    const found = await readTables(client);
    const everything = await readEverything(client);
    await client.query("commit");
    return { ...found, everything };
  });
}

async function readTables(client: pg.Client): Promise<Tables> {
  const read: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(tables)) {
    // A name of the list above, whose keys Object.entries forgets.
    const sorted = order[name as keyof typeof tables];
    const { rows } = await client.query(
      `select * from ${name}${sorted === undefined ? "" : ` order by ${sorted}`}`,
    );
    read[name] = z.array(shape).parse(rows);
  }
  // Filled key by key from the list that the type is made of, each validated.
  return read as Tables;
}

async function readEverything(client: pg.Client): Promise<DatabaseFacts["everything"]> {
  const { rows: names } = await client.query(
    "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );
  const found: { readonly table: string; readonly text: string }[] = [];
  for (const { table_name: table } of z.array(z.object({ table_name: z.string() })).parse(names)) {
    const { rows } = await client.query(`select to_jsonb(t)::text as text from "${table}" as t`);
    for (const { text: row } of z.array(z.object({ text: z.string() })).parse(rows))
      found.push({ table, text: row });
  }
  return found;
}

async function withClient<Result>(
  connectionString: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: connectTimeoutMs,
    types: { getTypeParser: parserOf },
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Ids and counts stay far below 2^53. */
function parserOf(oid: number, format?: "text" | "binary"): (value: string) => unknown {
  if (oid === int8 || oid === numeric) return Number;
  return format === "binary" ? pg.types.getTypeParser(oid, "binary") : pg.types.getTypeParser(oid);
}
