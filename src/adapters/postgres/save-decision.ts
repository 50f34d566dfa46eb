import { sql } from "kysely";
import type { Agent } from "../../domain/agent.ts";
import type { Approval } from "../../domain/approval.ts";
import type { Effect } from "../../domain/effect.ts";
import type { Epic } from "../../domain/epic.ts";
import { epicHasEnded } from "../../domain/epic.ts";
import { type Decision, type EpicView, isNothing } from "../../domain/epic-view.ts";
import type { NewMail } from "../../domain/mail.ts";
import type { Task } from "../../domain/task.ts";
import { agentMoves, epicMoves, taskMoves } from "../../domain/transitions.ts";
import { shortId } from "../../lib/ids.ts";
import type { Cause } from "../../ports/epics.ts";
import { saveApproval } from "./approvals.ts";
import type { Tx } from "./database.ts";
import { logDecision } from "./decision-log.ts";
import { announceMail } from "./listen.ts";
import { agentColumns, epicColumns, taskColumns } from "./noun-rows.ts";
import { saveProfileChange } from "./profile-settings.ts";
import { saveQuestion } from "./questions.ts";
import { saveMove } from "./save-move.ts";
import { saveBudgets, saveNotices } from "./save-notices.ts";

const effectKeyLength = 20;

/** Which lane an effect waits in: an agent's own for what its host does, else its epic's. */
function laneOf(epicId: number, effect: Effect): string {
  const isForHost = "agent" in effect;
  return isForHost ? `agent/${epicId}/${effect.agent}` : `epic/${epicId}`;
}

/**
 * Stores a whole decision with its history inside the caller's transaction.
 *
 * @returns the lanes that have new effects
 */
export async function saveDecision(
  tx: Tx,
  before: EpicView,
  decision: Decision,
  cause: Cause,
): Promise<readonly string[]> {
  if (isNothing(decision)) return [];
  const epicId = before.epic.id;
  if (decision.epic) await saveEpic(tx, before.epic, decision.epic, cause);
  for (const task of decision.tasks ?? []) await saveTask(tx, before, task, cause);
  await saveDependencies(tx, epicId, decision.tasks ?? []);
  for (const agent of decision.agents ?? []) await saveAgent(tx, before, agent, cause);
  for (const change of decision.profileChanges ?? [])
    await saveProfileChange(tx, before.epic, change);
  await saveApprovals(tx, before, decision.approvals ?? [], cause);
  for (const question of decision.questions ?? []) await saveQuestion(tx, epicId, question);
  await settleMail(tx, epicId, decision.mailSettled ?? []);
  for (const mail of decision.mail ?? []) await sendMail(tx, epicId, mail);
  await saveNotices(tx, epicId, decision);
  await saveBudgets(tx, epicId, decision.budgets ?? []);
  for (const effect of decision.effects ?? []) await queueEffect(tx, epicId, effect, cause);
  await wantLivingText(tx, epicId);
  return [...new Set((decision.effects ?? []).map((effect) => laneOf(epicId, effect)))];
}

async function saveEpic(tx: Tx, before: Epic, next: Epic, cause: Cause): Promise<void> {
  await tx
    .updateTable("epics")
    .set({ ...epicColumns(next), ended_at: epicHasEnded(next) ? sql<Date>`now()` : null })
    .where("id", "=", next.id)
    .execute();
  await saveMove(tx, { epicId: next.id, noun: "epic", key: String(next.id), cause }, epicMoves, {
    from: before.state,
    to: next.state,
  });
}

async function saveTask(tx: Tx, before: EpicView, task: Task, cause: Cause): Promise<void> {
  const epicId = before.epic.id;
  const columns = taskColumns(epicId, task);
  await tx
    .insertInto("tasks")
    .values(columns)
    .onConflict((conflict) => conflict.columns(["epic_id", "ordinal"]).doUpdateSet(columns))
    .execute();
  const from = before.tasks.find((old) => old.ordinal === task.ordinal)?.state ?? null;
  await saveMove(tx, { epicId, noun: "task", key: String(task.ordinal), cause }, taskMoves, {
    from,
    to: task.state,
  });
}

async function saveDependencies(tx: Tx, epicId: number, tasks: readonly Task[]): Promise<void> {
  const edges = tasks.flatMap((task) =>
    task.dependsOn.map((ordinal) => ({
      epic_id: epicId,
      task: task.ordinal,
      depends_on: ordinal,
    })),
  );
  if (edges.length === 0) return;
  await tx
    .insertInto("dependencies")
    .values(edges)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function saveAgent(tx: Tx, before: EpicView, agent: Agent, cause: Cause): Promise<void> {
  const epicId = before.epic.id;
  const columns = agentColumns(epicId, agent);
  await tx
    .insertInto("agents")
    .values(columns)
    .onConflict((conflict) => conflict.columns(["epic_id", "key"]).doUpdateSet(columns))
    .execute();
  const old = before.agents.find(({ key }) => key === agent.key) ?? null;
  const noun = { epicId, noun: "agent", key: agent.key, cause };
  await saveMove(tx, noun, agentMoves, { from: old?.state ?? null, to: agent.state });
  await logProfile(tx, epicId, agent, old);
}

/** What an agent lives with, at its beginning and whenever that changes (A6, A11). */
async function logProfile(tx: Tx, epicId: number, agent: Agent, old: Agent | null): Promise<void> {
  const { key, model, permissions, harness } = agent;
  const isSame = old?.model === model && old.permissions === permissions && old.harness === harness;
  if (isSame) return;
  const detail = { model, permissions, harness };
  await logDecision(tx, epicId, { agent: key, what: "profile", detail });
}

async function saveApprovals(
  tx: Tx,
  before: EpicView,
  approvals: readonly Approval[],
  cause: Cause,
): Promise<void> {
  for (const approval of approvals) {
    const from = before.approvals.find(({ id }) => id === approval.id)?.state ?? null;
    await saveApproval(tx, before.epic.id, { approval, from, cause });
  }
}

/** Read by no life: `read_by_life` stays null. */
async function settleMail(tx: Tx, epicId: number, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable("mail")
    .set({ read_at: sql<Date>`now()` })
    .where("epic_id", "=", epicId)
    .where("id", "in", [...ids])
    .where("read_at", "is", null)
    .execute();
}

async function sendMail(tx: Tx, epicId: number, mail: NewMail): Promise<void> {
  await tx
    .insertInto("mail")
    .values({
      epic_id: epicId,
      to_agent: mail.to,
      sender: JSON.stringify(mail.from),
      subject: mail.subject,
      body: mail.body,
    })
    .execute();
  await announceMail(tx, epicId, mail.to);
}

async function queueEffect(tx: Tx, epicId: number, effect: Effect, cause: Cause): Promise<void> {
  const lane = laneOf(epicId, effect);
  await tx
    .insertInto("lanes")
    .values({ lane })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await callForward(tx, lane);
  await tx
    .insertInto("outbox")
    .values({
      lane,
      epic_id: epicId,
      effect_key: shortId(effectKeyLength),
      kind: effect.kind,
      effect: JSON.stringify(effect),
      actor: cause.actor,
      due_at: sql<Date>`now() + make_interval(secs => ${delayMsOf(effect) / 1_000})`,
    })
    .execute();
}

/** What comes after a start that waits must not wait for it: the start is looked at now (R12). */
async function callForward(tx: Tx, lane: string): Promise<void> {
  if (!lane.startsWith("agent/")) return;
  await tx
    .updateTable("outbox")
    .set({ due_at: sql<Date>`now()` })
    .where("lane", "=", lane)
    .where("state", "=", "waiting")
    .where("kind", "=", "startLife")
    .where("due_at", ">", sql<Date>`now()`)
    .execute();
}

function delayMsOf(effect: Effect): number {
  return effect.kind === "startLife" ? (effect.afterMs ?? 0) : 0;
}

async function wantLivingText(tx: Tx, epicId: number): Promise<void> {
  await tx
    .insertInto("living_texts")
    .values({ epic_id: epicId })
    .onConflict((conflict) =>
      conflict
        .column("epic_id")
        .doUpdateSet({ wanted_version: sql<number>`living_texts.wanted_version + 1` }),
    )
    .execute();
}
