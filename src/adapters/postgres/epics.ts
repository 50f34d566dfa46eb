import { sql } from "kysely";
import type { RepositoryRef } from "../../domain/epic.ts";
import { type Rules, settle } from "../../domain/settle.ts";
import type { Cause, Change, Epics, Known, NewEpic } from "../../ports/epics.ts";
import { epicsWithOverdueApprovals } from "./approvals.ts";
import { type Db, guarded } from "./database.ts";
import { readStatus } from "./epic-status.ts";
import { earlierEpics, readInstallation } from "./installation.ts";
import { loadView } from "./load-view.ts";
import { saveNote } from "./notes.ts";
import { overdueQuestions } from "./questions.ts";
import type { SpendingSettings } from "./read-spending.ts";
import { refusalsTold } from "./refusals-told.ts";
import { saveDecision } from "./save-decision.ts";

/** What may have work after a commit. */
export type Work = {
  readonly lanes: readonly string[];
  /** Whether the front of the epic's merge queue may be another one, or may land now. */
  readonly landing: boolean;
};

/** Told after every commit, so that workers can be woken. */
export type OnChange = (epicId: number, work: Work) => Promise<void>;

export type EpicsOptions = {
  /** Settle every decision. */
  readonly rules: Rules;
  readonly spending: SpendingSettings;
  /** Told after each commit. */
  readonly onChange: OnChange;
};

/** Epics in PostgreSQL. */
export function createEpics(db: Db, { rules, spending, onChange }: EpicsOptions): Epics {
  return {
    open: (epic) => guarded(() => openEpic(db, epic)),
    countOf: (repository) => guarded(() => countOf(db, repository)),
    known: (repository, number) => guarded(() => known(db, repository, number)),
    commandIsDone: (commentId, index) => guarded(() => commandIsDone(db, commentId, index)),
    refusalsTold: (epicId, actorId, withinMs) =>
      guarded(() => refusalsTold(db, { epicId, actorId, withinMs })),
    view: (epicId) => guarded(() => loadView(db, epicId, { lock: false })),
    openIds: () => guarded(() => openIds(db)),
    overdueApprovals: () => guarded(() => epicsWithOverdueApprovals(db)),
    overdueQuestions: (limitMs) => guarded(() => overdueQuestions(db, limitMs)),
    earlier: (epicId) => guarded(() => earlierEpics(db, epicId)),
    installation: (epicId) => guarded(() => readInstallation(db, epicId)),
    status: (epicId) => guarded(() => readStatus(db, epicId, spending, rules)),
    change: async (epicId, cause, decide) => {
      const { result, work } = await guarded(() => change(db, rules, { epicId, cause, decide }));
      await onChange(epicId, work);
      return result;
    },
  };
}

async function change<Result>(
  db: Db,
  rules: Rules,
  asked: {
    readonly epicId: number;
    readonly cause: Cause;
    readonly decide: (view: Awaited<ReturnType<typeof loadView>>) => Change<Result>;
  },
): Promise<{ readonly result: Result; readonly work: Work }> {
  const { epicId, cause, decide } = asked;
  return await db.transaction().execute(async (tx) => {
    const view = await loadView(tx, epicId, { lock: true });
    const { decision, notes = [], result } = decide(view);
    const settled = settle(view, decision, rules);
    const lanes = await saveDecision(tx, view, settled, cause);
    for (const note of notes) await saveNote(tx, epicId, note);
    const landing = settled.epic !== undefined || (settled.tasks ?? []).length > 0;
    return { result, work: { lanes, landing } };
  });
}

async function openEpic(db: Db, epic: NewEpic) {
  const inserted = await db
    .insertInto("epics")
    .values({
      repository_id: epic.repository.id,
      issue_number: epic.issueNumber,
      title: epic.title,
      body: epic.body,
      author_id: epic.author.id,
      author_login: epic.author.login,
      plan: epic.plan,
      plan_accepted: false,
      verify_command: epic.verifyCommand,
      branch: epic.branch,
      base_branch: epic.baseBranch,
      pull_request_is_draft: true,
      state: "QUEUED",
      state_fields: "{}",
    })
    .onConflict((conflict) => conflict.columns(["repository_id", "issue_number"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  if (inserted) return { epicId: inserted.id, isNew: true };
  const { id } = await db
    .selectFrom("epics")
    .select("id")
    .where("repository_id", "=", epic.repository.id)
    .where("issue_number", "=", epic.issueNumber)
    .executeTakeFirstOrThrow();
  return { epicId: id, isNew: false };
}

async function countOf(db: Db, repository: RepositoryRef): Promise<number> {
  const { count } = await db
    .selectFrom("epics")
    .select(sql<number>`count(*)`.as("count"))
    .where("repository_id", "=", repository.id)
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function known(db: Db, repository: RepositoryRef, number: number): Promise<Known | null> {
  const epic = await db
    .selectFrom("epics")
    .select(["id", "issue_number"])
    .where("repository_id", "=", repository.id)
    .where((where) =>
      where.or([where("issue_number", "=", number), where("pull_request", "=", number)]),
    )
    .executeTakeFirst();
  if (epic)
    return { epicId: epic.id, is: epic.issue_number === number ? "epic" : "epicPullRequest" };
  const task = await db
    .selectFrom("tasks")
    .innerJoin("epics", "epics.id", "tasks.epic_id")
    .select(["tasks.epic_id", "tasks.ordinal", "tasks.issue_number"])
    .where("epics.repository_id", "=", repository.id)
    .where((where) =>
      where.or([
        where("tasks.issue_number", "=", number),
        where("tasks.pull_request", "=", number),
      ]),
    )
    .executeTakeFirst();
  if (!task) return null;
  const is = task.issue_number === number ? "task" : "taskPullRequest";
  return { epicId: task.epic_id, is, task: task.ordinal };
}

async function commandIsDone(db: Db, commentId: number, index: number): Promise<boolean> {
  const row = await db
    .selectFrom("commands")
    .select("outcome")
    .where("comment_id", "=", commentId)
    .where("position", "=", index)
    .executeTakeFirst();
  return row !== undefined;
}

async function openIds(db: Db): Promise<readonly number[]> {
  const rows = await db
    .selectFrom("epics")
    .select("id")
    .where((where) =>
      where.or([
        where("ended_at", "is", null),
        where(
          "id",
          "in",
          db.selectFrom("tasks").select("epic_id").where("state", "=", "PUBLISHING"),
        ),
      ]),
    )
    .orderBy("id")
    .execute();
  return rows.map((row) => row.id);
}
