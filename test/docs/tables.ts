import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely";
import { z } from "zod";
import { REPOSITORY } from "../support/sources.ts";

export type Column = { readonly name: string; readonly definition: string };

export type Table = {
  readonly name: string;
  readonly meaning: string;
  readonly columns: readonly Column[];
  /** Keys and references over several columns. */
  readonly constraints: readonly string[];
};

const MEANINGS: Readonly<Record<string, string>> = {
  repositories: "Repositories we heard of, by GitHub's id, with the installation that owns them",
  epics: "One row per labelled issue: its text as it was then, its branch, its state",
  tasks: "The plan: one row per unit of work, in the order of planning",
  dependencies: "Which task waits for which",
  agents:
    "The supervisor, the workers and the orchestrators of an epic, with state, newest life and crashes",
  approvals: "Calls of sensitive tools by agents in strict mode, until a person or time decides",
  questions: "What rules left to the orchestrator, and its answers",
  profile_settings: "What people set for roles, row after row; the newest of its place counts",
  history: "Every change of a state, with its cause and who asked for it",
  deliveries: "The inbox: every webhook, once, until it is worked off",
  lanes: "The order of effects: one lane per epic, one per agent; the epoch fences its sender",
  outbox: "Effects, stored with the decision that wants them, until they are done or refused",
  leases: "Rights with an expiry, fenced by an epoch: one per epic for landing",
  commands: "Slash commands that were answered, by comment and position",
  refusals_told: "Which refusal of a command a person was told when, so that it is not said again",
  living_texts: "Texts that are edited in place: the version wanted and the version sent",
  lives: "Processes of agents from start to end, with the hash of their token",
  turns: "Conversations, turn by turn, across lives",
  session_notes: "What Claude Code puts beside the turns, so that a new life's prompt is the same",
  compactions: "Summaries that stand for a conversation's older turns in the model's window",
  tool_calls: "Calls of tools by id, with what they ask of the host and their reply",
  mail: "Messages to agents, unread until a life takes them",
  decisions: "What agents and rules decided, and why",
  landings: "Every try of the merge queue: what was merged, verified, published",
  verdicts: "Verified trees: a tree that passed or failed by a command is not run again",
  web_heartbeats: "Since when a host reaches the web process without a gap, and when it last did",
  host_limits: "Since when a host is at a limit, so that people are told once",
  model_calls: "Every model call with its tokens, time and cost",
  model_reservations: "What model calls under way may cost, held in their budgets",
  spending: "What models cost, added up by day, epic, task, life, and agent and model",
  budgets: "Budgets that people set for an epic or a task; the newest counts",
  notices: "What an epic's people were told and are not told again",
  model_windows: "The provider's limits, and the operator's, as all web processes share them",
  model_troubles: "Times in which the model provider did not answer",
};

/** The tables as the migrations make them, read from the statements that they run. */
export async function readTables(): Promise<readonly Table[]> {
  const statements = await statementsOfMigrations();
  const tables = new Map<string, Table>();
  for (const statement of statements) {
    const [, made, name = "", body = ""] =
      /^(?:create table (\w+) \(|alter table (\w+))\s+(.*?)(?:\n\s*\))?$/s.exec(statement) ?? [];
    if (made) tables.set(made, tableOf(made, body));
    else if (name) tables.set(name, withColumns(tables.get(name), body));
    // What fills rows or speeds up looking shows in no document.
    else if (!/^(create (unique )?index|drop index|insert into|update) /.test(statement))
      throw new Error(`teach tables.ts this statement: ${statement.split("\n")[0]}`);
  }
  return [...tables.values()];
}

/** A later migration adds columns, and says of some that they are never empty. */
function withColumns(table: Table | undefined, body: string): Table {
  if (!table) throw new Error("a table is altered that was never made");
  let { columns } = table;
  for (const line of body.split("\n")) {
    const [, filled] = /^\s*alter column (\w+) set not null,?$/.exec(line) ?? [];
    const [, column] = /^\s*add column (.*?),?$/.exec(line) ?? [];
    if (filled) columns = columns.map((one) => neverEmpty(one, filled));
    else if (column) columns = [...columns, columnOf(column)];
    else throw new Error(`teach tables.ts this line: ${line.trim()}`);
  }
  return { ...table, columns };
}

function neverEmpty(column: Column, name: string): Column {
  return column.name === name ? { name, definition: `${column.definition} not null` } : column;
}

async function statementsOfMigrations(): Promise<readonly string[]> {
  const statements: string[] = [];
  const db = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query }) => {
      statements.push(query.sql.trim());
    },
  });
  const migration = z.object({ up: z.custom<(db: Kysely<unknown>) => Promise<void>>() });
  const folder = join(REPOSITORY, "migrations");
  for (const name of readdirSync(folder).sort())
    await migration.parse(await import(join(folder, name))).up(db);
  await db.destroy();
  return statements;
}

function tableOf(name: string, body: string): Table {
  const meaning = MEANINGS[name];
  if (!meaning) throw new Error(`${name} is a new table: say in tables.ts what it is for`);
  const lines = body.split("\n").map((line) => line.trim().replace(/,$/, ""));
  const isConstraint = (line: string): boolean => /^(primary|foreign|unique|check)\b/.test(line);
  return {
    name,
    meaning,
    columns: lines.filter((line) => !isConstraint(line)).map(columnOf),
    constraints: lines.filter(isConstraint),
  };
}

function columnOf(line: string): Column {
  const [, name = "", definition = ""] = /^(\w+) (.*)$/.exec(line) ?? [];
  return { name, definition };
}
