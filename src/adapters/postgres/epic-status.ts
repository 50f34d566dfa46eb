import { sql } from "kysely";
import { type Agent, agentName, workerKey } from "../../domain/agent.ts";
import type { EpicView } from "../../domain/epic-view.ts";
import type { EpicStatus } from "../../domain/message.ts";
import type { Task } from "../../domain/task.ts";
import type { Db } from "./database.ts";
import { loadView } from "./load-view.ts";

/** What the status comment shows, as of now. */
export async function readStatus(db: Db, epicId: number): Promise<EpicStatus> {
  const view = await loadView(db, epicId, { lock: false });
  const used = await db
    .selectFrom("model_calls")
    .select([
      sql<number>`count(*)`.as("calls"),
      sql<number>`coalesce(sum(tokens_in + cache_read + cache_written), 0)`.as("tokensIn"),
      sql<number>`coalesce(sum(tokens_out), 0)`.as("tokensOut"),
    ])
    .where("epic_id", "=", epicId)
    .executeTakeFirstOrThrow();
  const { epic, tasks, agents } = view;
  const supervisor = agents.find((agent) => agent.key === "supervisor");
  return {
    state: epic.state,
    issueNumber: epic.issueNumber,
    branch: epic.branch,
    pullRequest: epic.pullRequest,
    tasks: tasks.map((task) => taskStatus(task, agents)),
    supervisor: supervisor
      ? { name: agentName("supervisor", epic.issueNumber), state: supervisor.state }
      : null,
    modelCalls: Number(used.calls),
    tokensIn: Number(used.tokensIn),
    tokensOut: Number(used.tokensOut),
    waitsForHuman: waitsForHuman(view),
  };
}

function taskStatus(task: Task, agents: readonly Agent[]): EpicStatus["tasks"][number] {
  const worker = agents.find((agent) => agent.key === workerKey(task.ordinal));
  return {
    ordinal: task.ordinal,
    issueNumber: task.issueNumber,
    titleText: task.title,
    state: task.state,
    agent: worker ? agentName("worker", task.issueNumber ?? task.ordinal) : null,
    agentState: worker?.state ?? null,
    attempts: task.attempts,
    pullRequest: task.pullRequest,
    mergeSha: task.state === "COMPLETED" ? task.mergeSha : null,
    dependsOn: task.dependsOn,
  };
}

function waitsForHuman({ epic }: EpicView): readonly string[] {
  if (epic.state === "NEEDS_PLAN_APPROVAL")
    return ["The plan waits for approval: `/ff approve`, or `/ff deny` with a reason."];
  if (epic.state === "AWAITING_HUMAN_REVIEW" && epic.pullRequest !== null)
    return [`The epic pull request #${epic.pullRequest} waits for review and merge.`];
  if (epic.state === "PAUSED")
    return [`The epic is paused (${epic.reason.replaceAll("`", "'")}): \`/ff resume\`.`];
  return [];
}
