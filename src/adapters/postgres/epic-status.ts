import { type Agent, agentName, workerKey } from "../../domain/agent.ts";
import { type CellLevel, cellLevels, weakestLevel } from "../../domain/cell-level.ts";
import type { EpicStatus, SpendingShare } from "../../domain/epic-status.ts";
import type { EpicView } from "../../domain/epic-view.ts";
import { nameOfAgent } from "../../domain/name-of-agent.ts";
import { profilesIn } from "../../domain/profile-status.ts";
import { openQuestion } from "../../domain/question.ts";
import type { ProfileRules } from "../../domain/resolve-profile.ts";
import type { Task } from "../../domain/task.ts";
import type { Db } from "./database.ts";
import { loadView } from "./load-view.ts";
import { queuePlaces } from "./places.ts";
import { readSpending, type SpendingSettings } from "./read-spending.ts";

/** What the status comment shows, as of now. */
export async function readStatus(
  db: Db,
  epicId: number,
  settings: SpendingSettings,
  rules: ProfileRules,
): Promise<EpicStatus> {
  const view = await loadView(db, epicId, { lock: false });
  const spending = await readSpending(db, view, settings);
  const sum = (of: (share: SpendingShare) => number) =>
    spending.shares.reduce((total, share) => total + of(share), 0);
  const { epic, tasks, agents } = view;
  const supervisor = agents.find((agent) => agent.key === "supervisor");
  const cellLevel = weakestLevel(await levelsOf(db, epicId));
  return {
    state: epic.state,
    issueNumber: epic.issueNumber,
    branch: epic.branch,
    pullRequest: epic.pullRequest,
    tasks: tasks.map((task) => taskStatus(task, agents)),
    supervisor: supervisor
      ? { name: agentName("supervisor", epic.issueNumber), state: supervisor.state }
      : null,
    queue: (await queuePlaces(db, epicId)).map(({ agent, place, of, why }) => ({
      who: nameOfAgent(view, agent),
      place,
      of,
      whyText: why,
    })),
    profiles: profilesIn(view, rules),
    cellLevel,
    modelCalls: sum(({ calls }) => calls),
    tokensIn: sum(({ tokensIn, cacheRead, cacheWritten }) => tokensIn + cacheRead + cacheWritten),
    tokensOut: sum(({ tokensOut }) => tokensOut),
    spending,
    decides: openQuestion(view)?.kind ?? null,
    waitsForHuman: [waitsForHuman, waitsForAnswer, waitsForApproval, waitsForBudget].flatMap(
      (ask) => ask(view),
    ),
  };
}

async function levelsOf(db: Db, epicId: number): Promise<readonly CellLevel[]> {
  const rows = await db
    .selectFrom("lives")
    .select("cell_level")
    .distinct()
    .where("epic_id", "=", epicId)
    .execute();
  return cellLevels.filter((level) => rows.some((row) => row.cell_level === level));
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
  if (epic.state === "PAUSED") return [pausedFor(epic.reason.replaceAll("`", "'"))];
  if (epic.state === "NEEDS_ANSWER")
    return ["The supervisor waits for an answer: a comment on the epic's issue."];
  return [];
}

/** A reason that says what to do stands as it is. */
function pausedFor(reason: string): string {
  return reason.includes("/ff resume")
    ? `The epic is paused: ${reason}`
    : `The epic is paused (${reason}): \`/ff resume\`.`;
}

function waitsForAnswer({ tasks }: EpicView): readonly string[] {
  return tasks.flatMap((task) => {
    if (task.state !== "BLOCKED") return [];
    const name = task.issueNumber === null ? String(task.ordinal) : `#${task.issueNumber}`;
    const why = task.reason.replaceAll("`", "'");
    return [`Task ${name} waits for your answer on the epic's issue (${why}).`];
  });
}

function waitsForApproval(view: EpicView): readonly string[] {
  const pending = view.approvals.filter(({ state }) => state === "PENDING");
  return pending.map(
    ({ id, agent, tool }) =>
      `${nameOfAgent(view, agent)} asks to run \`${tool}\`: \`/ff approve ${id}\`, or \`/ff deny ${id}\` with a reason.`,
  );
}

function waitsForBudget({ epic, agents, tasks }: EpicView): readonly string[] {
  const held = agents.filter(({ state, budgetHold }) => state === "PAUSED" && budgetHold !== null);
  return held.map(({ role, task, budgetHold }) => {
    const number = tasks.find(({ ordinal }) => ordinal === task)?.issueNumber ?? epic.issueNumber;
    const what = budgetHold === "day" ? "today's budget" : `the ${budgetHold} budget`;
    return `${agentName(role, number)} rests, as ${what} is spent: \`/ff budget\`, \`/ff stats\`.`;
  });
}
