import { jsonArrayFrom } from "kysely/helpers/postgres";
import type { EpicView } from "../../domain/epic-view.ts";
import { PortError } from "../../lib/port-error.ts";
import { approvalOf, approvalRows } from "./approvals.ts";
import type { Db, Tx } from "./database.ts";
import { agentOfRow, epicOf, mailOfRow, taskOfRow } from "./noun-rows.ts";
import { profileSettingOf, profileSettingRows } from "./profile-settings.ts";
import { questionOf, questionRows } from "./questions.ts";

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
  const nouns = await loadNouns(db, epicId, row.repository_id);
  const dependsOn = Map.groupBy(nouns.edges, (edge) => edge.task);
  return {
    epic,
    tasks: nouns.tasks.map((task) =>
      taskOfRow(
        task,
        (dependsOn.get(task.ordinal) ?? []).map((edge) => edge.depends_on),
      ),
    ),
    agents: nouns.agents.map(agentOfRow),
    unreadMail: nouns.mail.map(mailOfRow),
    approvals: nouns.approvals.map(approvalOf),
    profileSettings: nouns.settings.flatMap(profileSettingOf),
    notices: nouns.notices.map(({ notice }) => notice),
    questions: nouns.questions.map(questionOf),
  };
}

/** In one statement: every decision waits for it with the epic's row locked. Without instants. */
function loadNouns(db: Db | Tx, epicId: number, repositoryId: number) {
  const tasks = db.selectFrom("tasks").selectAll().where("epic_id", "=", epicId);
  const edges = db
    .selectFrom("dependencies")
    .select(["task", "depends_on"])
    .where("epic_id", "=", epicId);
  const agents = db.selectFrom("agents").selectAll().where("epic_id", "=", epicId);
  const mail = db
    .selectFrom("mail")
    .select(["id", "to_agent", "sender", "subject", "body"])
    .where("epic_id", "=", epicId)
    .where("read_at", "is", null);
  const notices = db.selectFrom("notices").select("notice").where("epic_id", "=", epicId);
  return db
    .selectNoFrom([
      jsonArrayFrom(tasks.orderBy("ordinal")).as("tasks"),
      jsonArrayFrom(edges.orderBy("depends_on")).as("edges"),
      jsonArrayFrom(agents.orderBy("key")).as("agents"),
      jsonArrayFrom(mail.orderBy("id")).as("mail"),
      jsonArrayFrom(approvalRows(db, epicId)).as("approvals"),
      jsonArrayFrom(profileSettingRows(db, epicId, repositoryId)).as("settings"),
      jsonArrayFrom(notices).as("notices"),
      jsonArrayFrom(questionRows(db, epicId)).as("questions"),
    ])
    .executeTakeFirstOrThrow();
}
