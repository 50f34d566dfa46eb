import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  appRow,
  installationRow,
  manifestCodeRow,
  repositoryRow,
  roleRow,
  rulesetRow,
  tokenRow,
  userRow,
} from "./accounts.ts";
import {
  checkRunRow,
  checkSuiteRow,
  pullRow,
  refIntentRow,
  reviewCommentRow,
  reviewRow,
  seenRefRow,
  statusRow,
} from "./code.ts";
import {
  commentRow,
  dependencyRow,
  issueRow,
  labelRow,
  reactionRow,
  subIssueRow,
} from "./conversations.ts";
import { deliveryRow } from "./deliveries.ts";
import { Table, type TableDefinition } from "./table.ts";

/** Every table of the stand-in. */
export type Tables = ReturnType<typeof openTables>;

/** The open database: tables, secrets kept between runs, and transactions. */
export type Database = {
  readonly tables: Tables;
  /** A value kept under a name; made once by `make` and the same ever after. */
  readonly keep: (name: string, make: () => string) => string;
  readonly put: (name: string, value: string) => void;
  /** Runs `work` in one transaction, on disk when it returns. Nested calls join the outer one. */
  readonly transaction: <T>(work: () => T) => T;
  readonly close: () => void;
};

/** Opens (or makes) the database in a data folder; every commit is on disk before it returns. */
export function openDatabase(dataDir: string): Database {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(join(dataDir, "github.sqlite"));
  db.exec("pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 5000;");
  db.exec("create table if not exists kept (name text primary key, value text not null)");
  const tables = openTables(db);
  let depth = 0;
  const transaction = <T>(work: () => T): T => {
    if (depth > 0) return work();
    db.exec("begin immediate");
    depth += 1;
    try {
      const result = work();
      db.exec("commit");
      return result;
    } catch (error) {
      db.exec("rollback");
      throw error;
    } finally {
      depth -= 1;
    }
  };
  const put = (name: string, value: string): void => {
    db.prepare("insert or replace into kept (name, value) values (?, ?)").run(name, value);
  };
  const keep = (name: string, make: () => string): string => {
    const found = db.prepare("select value from kept where name = ?").get(name);
    if (found !== undefined) return String(found["value"]);
    const value = make();
    put(name, value);
    return value;
  };
  return { tables, keep, put, transaction, close: () => db.close() };
}

function openTables(db: DatabaseSync) {
  const open = <Row extends { readonly id: number }>(definition: TableDefinition<Row>) =>
    new Table(db, definition);
  return {
    ...accountTables(open),
    ...conversationTables(open),
    ...codeTables(open),
    deliveries: open({
      name: "deliveries",
      row: deliveryRow,
      indexes: ["guid", "state", "appId"],
      firstId: 12_000_000_001,
    }),
  };
}

type Open = <Row extends { readonly id: number }>(definition: TableDefinition<Row>) => Table<Row>;

function accountTables(open: Open) {
  return {
    users: open({ name: "users", row: userRow, indexes: ["key", "token"], firstId: 90_001 }),
    repositories: open({
      name: "repositories",
      row: repositoryRow,
      indexes: ["ownerId", "key"],
      firstId: 700_001,
    }),
    roles: open({ name: "roles", row: roleRow, indexes: ["repositoryId"], firstId: 1 }),
    rulesets: open({ name: "rulesets", row: rulesetRow, indexes: ["repositoryId"], firstId: 501 }),
    apps: open({ name: "apps", row: appRow, indexes: ["slug"], firstId: 400_001 }),
    manifestCodes: open({
      name: "manifest_codes",
      row: manifestCodeRow,
      indexes: ["code"],
      firstId: 1,
    }),
    installations: open({
      name: "installations",
      row: installationRow,
      indexes: ["appId", "accountId"],
      firstId: 50_000_001,
    }),
    tokens: open({ name: "tokens", row: tokenRow, indexes: ["token"], firstId: 1 }),
  };
}

function conversationTables(open: Open) {
  return {
    labels: open({
      name: "labels",
      row: labelRow,
      indexes: ["repositoryId"],
      firstId: 6_000_000_001,
    }),
    issues: open({
      name: "issues",
      row: issueRow,
      indexes: ["repositoryId", "number"],
      firstId: 3_000_000_001,
    }),
    subIssues: open({
      name: "sub_issues",
      row: subIssueRow,
      indexes: ["parentId", "childId"],
      firstId: 1,
    }),
    dependencies: open({
      name: "dependencies",
      row: dependencyRow,
      indexes: ["blockedId", "blockingId"],
      firstId: 1,
    }),
    comments: open({
      name: "comments",
      row: commentRow,
      indexes: ["repositoryId", "issueId"],
      firstId: 4_000_000_001,
    }),
    reactions: open({
      name: "reactions",
      row: reactionRow,
      indexes: ["subjectId"],
      firstId: 200_001,
    }),
  };
}

function codeTables(open: Open) {
  return {
    pulls: open({
      name: "pulls",
      row: pullRow,
      indexes: ["repositoryId", "issueId"],
      firstId: 2_500_000_001,
    }),
    reviews: open({
      name: "reviews",
      row: reviewRow,
      indexes: ["pullId"],
      firstId: 2_700_000_001,
    }),
    reviewComments: open({
      name: "review_comments",
      row: reviewCommentRow,
      indexes: ["pullId"],
      firstId: 2_800_000_001,
    }),
    ...checkTables(open),
    seenRefs: open({ name: "seen_refs", row: seenRefRow, indexes: ["repositoryId"], firstId: 1 }),
    refIntents: open({
      name: "ref_intents",
      row: refIntentRow,
      indexes: ["repositoryId"],
      firstId: 1,
    }),
  };
}

function checkTables(open: Open) {
  return {
    checkSuites: open({
      name: "check_suites",
      row: checkSuiteRow,
      indexes: ["headSha"],
      firstId: 30_000_000_001,
    }),
    checkRuns: open({
      name: "check_runs",
      row: checkRunRow,
      indexes: ["headSha", "suiteId"],
      firstId: 31_000_000_001,
    }),
    statuses: open({
      name: "statuses",
      row: statusRow,
      indexes: ["sha"],
      firstId: 32_000_000_001,
    }),
  };
}
