import type { EpicView } from "../../domain/epic-view.ts";
import { PortError } from "../../lib/port-error.ts";
import { loadApprovals } from "./approvals.ts";
import type { Db, Tx } from "./database.ts";
import { agentOfRow, epicOf, mailOfRow, taskOfRow } from "./noun-rows.ts";
import { loadProfileSettings } from "./profile-settings.ts";
import { loadQuestions } from "./questions.ts";

const repositoryColumns = [
  "repositories.github_id",
  "repositories.installation_id",
  "repositories.owner",
  "repositories.name",
] as const;

/** All about one epic. Inside a transaction its row is locked first, so decisions come one by one. */
export async function loadView(
  db: Db | Tx,
  epicId: number,
  { lock }: { readonly lock: boolean },
): Promise<EpicView> {
  const query = db
    .selectFrom("epics")
    .innerJoin("repositories", "repositories.id", "epics.repository_id")
    .selectAll("epics")
    .select(repositoryColumns)
    .where("epics.id", "=", epicId);
  const row = await (lock ? query.forUpdate("epics") : query).executeTakeFirst();
  if (!row)
    throw new PortError("postgres", `There is no epic with id ${epicId}`, { retryable: false });
  const epic = epicOf(row);
  return {
    epic,
    tasks: await loadTasks(db, epicId),
    agents: await loadAgents(db, epicId),
    unreadMail: await loadUnreadMail(db, epicId),
    approvals: await loadApprovals(db, epicId),
    profileSettings: await loadProfileSettings(db, epic),
    notices: await loadNotices(db, epicId),
    questions: await loadQuestions(db, epicId),
  };
}

async function loadTasks(db: Db | Tx, epicId: number) {
  const rows = await db
    .selectFrom("tasks")
    .selectAll()
    .where("epic_id", "=", epicId)
    .orderBy("ordinal")
    .execute();
  const edges = await db
    .selectFrom("dependencies")
    .select(["task", "depends_on"])
    .where("epic_id", "=", epicId)
    .orderBy("depends_on")
    .execute();
  return rows.map((row) =>
    taskOfRow(
      row,
      edges.filter((edge) => edge.task === row.ordinal).map((edge) => edge.depends_on),
    ),
  );
}

async function loadAgents(db: Db | Tx, epicId: number) {
  const rows = await db
    .selectFrom("agents")
    .selectAll()
    .where("epic_id", "=", epicId)
    .orderBy("key")
    .execute();
  return rows.map(agentOfRow);
}

async function loadUnreadMail(db: Db | Tx, epicId: number) {
  const rows = await db
    .selectFrom("mail")
    .selectAll()
    .where("epic_id", "=", epicId)
    .where("read_at", "is", null)
    .orderBy("id")
    .execute();
  return rows.map(mailOfRow);
}

async function loadNotices(db: Db | Tx, epicId: number) {
  const rows = await db
    .selectFrom("notices")
    .select("notice")
    .where("epic_id", "=", epicId)
    .execute();
  return rows.map(({ notice }) => notice);
}
