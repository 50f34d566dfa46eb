import type { Insertable, Selectable } from "kysely";
import { z } from "zod";
import type { Agent, AgentKey } from "../../domain/agent.ts";
import { budgetLevels } from "../../domain/budget.ts";
import type { Epic, EpicState } from "../../domain/epic.ts";
import type { Mail } from "../../domain/mail.ts";
import { harnesses, permissionModes } from "../../domain/profile.ts";
import { agentStates, type Role, roles } from "../../domain/states.ts";
import type { Task, TaskState } from "../../domain/task.ts";
import type { Database } from "./schema.ts";

// Rows to nouns and back. State columns hold the state's name; its own fields are beside it as JSON.

const text = z.string();
const pausable = z.enum([
  "QUEUED",
  "NEEDS_DESIGN",
  "NEEDS_ANSWER",
  "NEEDS_PLAN_APPROVAL",
  "IN_PROGRESS",
  "AWAITING_HUMAN_REVIEW",
]);
const epicState = z.discriminatedUnion("state", [
  z.object({ state: z.literal("QUEUED") }),
  z.object({ state: z.literal("NEEDS_DESIGN") }),
  z.object({ state: z.literal("NEEDS_ANSWER") }),
  z.object({ state: z.literal("NEEDS_PLAN_APPROVAL") }),
  z.object({ state: z.literal("IN_PROGRESS") }),
  z.object({ state: z.literal("PAUSED"), from: pausable, reason: text }),
  z.object({ state: z.literal("AWAITING_HUMAN_REVIEW") }),
  z.object({ state: z.literal("COMPLETED"), mergedSha: text }),
  z.object({ state: z.literal("FAILED"), reason: text }),
  z.object({ state: z.literal("CANCELLED"), reason: text }),
]) satisfies z.ZodType<EpicState>;

const taskState = z.discriminatedUnion("state", [
  z.object({ state: z.literal("PENDING") }),
  z.object({ state: z.literal("BLOCKED"), reason: text }),
  z.object({ state: z.literal("IN_PROGRESS") }),
  z.object({ state: z.literal("PENDING_REVIEW") }),
  z.object({ state: z.literal("CHANGES_REQUESTED") }),
  z.object({ state: z.literal("APPROVED"), approvedSha: text }),
  z.object({ state: z.literal("NEEDS_REBASE") }),
  z.object({ state: z.literal("PUBLISHING"), approvedSha: text, mergeSha: text }),
  z.object({ state: z.literal("COMPLETED"), mergeSha: text }),
  z.object({ state: z.literal("FAILED"), reason: text }),
  z.object({ state: z.literal("CANCELLED"), reason: text }),
]) satisfies z.ZodType<TaskState>;

const agentRow = z.object({
  key: z.union([
    z.literal("supervisor"),
    z.templateLiteral(["worker/", z.number()]),
    z.templateLiteral(["orchestrator/", z.number()]),
  ]),
  role: z.enum(roles),
  task: z.number().nullable(),
  state: z.enum(agentStates),
  life: z.number(),
  crashes: z.number(),
  fastCrashes: z.number(),
  budgetHold: z.enum(budgetLevels).nullable(),
  model: text,
  permissions: z.enum(permissionModes),
  harness: z.enum(harnesses),
}) satisfies z.ZodType<Agent>;

const sender = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("agent"), agent: agentRow.shape.key }),
  z.object({ kind: z.literal("human"), actor: z.object({ id: z.number(), login: text }) }),
  z.object({ kind: z.literal("product") }),
]);

export type EpicRow = Selectable<Database["epics"]> & {
  readonly github_id: number;
  readonly installation_id: number;
  readonly owner: string;
  readonly name: string;
};

/** An epic from its row; throws when the state's own fields are not what the state has. */
export function epicOf(row: EpicRow): Epic {
  return {
    id: row.id,
    repository: {
      id: row.repository_id,
      githubId: row.github_id,
      installationId: row.installation_id,
      owner: row.owner,
      name: row.name,
    },
    issueNumber: row.issue_number,
    title: row.title,
    body: row.body,
    author: { id: row.author_id, login: row.author_login },
    plan: row.plan === "auto" ? "auto" : "ask",
    planAccepted: row.plan_accepted,
    planRevision: row.plan_revision,
    planShownBy: row.plan_shown_by,
    verifyCommand: row.verify_command,
    branch: row.branch,
    baseBranch: row.base_branch,
    baseSha: row.base_sha,
    tipSha: row.tip_sha,
    pullRequest: row.pull_request,
    pullRequestIsDraft: row.pull_request_is_draft,
    ...epicState.parse(withState(row)),
  };
}

/** The columns of an epic that decisions change. */
export function epicColumns(epic: Epic) {
  return {
    plan_accepted: epic.planAccepted,
    plan_revision: epic.planRevision,
    plan_shown_by: epic.planShownBy,
    base_sha: epic.baseSha,
    tip_sha: epic.tipSha,
    pull_request: epic.pullRequest,
    pull_request_is_draft: epic.pullRequestIsDraft,
    state: epic.state,
    state_fields: JSON.stringify(epicState.parse(epic)),
  };
}

/** A task from its row and its edges. */
export function taskOfRow(row: Selectable<Database["tasks"]>, dependsOn: readonly number[]): Task {
  return {
    ordinal: row.ordinal,
    title: row.title,
    description: row.description,
    acceptance: z.array(text).parse(row.acceptance),
    dependsOn,
    issueAsked: row.issue_asked,
    issueNumber: row.issue_number,
    issueId: row.issue_id,
    branch: row.branch,
    baseSha: row.base_sha,
    headSha: row.head_sha,
    mergeParentSha: row.merge_parent_sha,
    submittedSha: row.submitted_sha,
    queuePlace: row.queue_place,
    summary: row.summary,
    pullRequest: row.pull_request,
    attempts: row.attempts,
    ...taskState.parse(withState(row)),
  };
}

/** All columns of a task's row. */
export function taskColumns(epicId: number, task: Task): Insertable<Database["tasks"]> {
  return {
    epic_id: epicId,
    ordinal: task.ordinal,
    title: task.title,
    description: task.description,
    acceptance: JSON.stringify(task.acceptance),
    issue_asked: task.issueAsked,
    issue_number: task.issueNumber,
    issue_id: task.issueId,
    branch: task.branch,
    base_sha: task.baseSha,
    head_sha: task.headSha,
    merge_parent_sha: task.mergeParentSha,
    submitted_sha: task.submittedSha,
    queue_place: task.queuePlace,
    summary: task.summary,
    pull_request: task.pullRequest,
    attempts: task.attempts,
    state: task.state,
    state_fields: JSON.stringify(taskState.parse(task)),
  };
}

/** An agent from its row. */
export function agentOfRow(row: Selectable<Database["agents"]>): Agent {
  return agentRow.parse({ ...row, fastCrashes: row.fast_crashes, budgetHold: row.budget_hold });
}

/** The columns of an agent. */
export function agentColumns(epicId: number, { fastCrashes, budgetHold, ...agent }: Agent) {
  return { epic_id: epicId, ...agent, fast_crashes: fastCrashes, budget_hold: budgetHold };
}

/** An agent's key as a column holds it. */
export function agentKeyOf(column: string): AgentKey {
  return agentRow.shape.key.parse(column);
}

/** A role as a column holds it. */
export function roleOf(column: string): Role {
  return agentRow.shape.role.parse(column);
}

/** An unread mail from its row. */
export function mailOfRow(
  row: Pick<Selectable<Database["mail"]>, "id" | "to_agent" | "sender" | "subject" | "body">,
): Mail {
  return {
    id: row.id,
    to: agentRow.shape.key.parse(row.to_agent),
    from: sender.parse(row.sender),
    subject: row.subject,
    body: row.body,
    read: false,
  };
}

function withState(row: { readonly state: string; readonly state_fields: unknown }): object {
  return { ...z.record(z.string(), z.unknown()).parse(row.state_fields), state: row.state };
}
