import { z } from "zod";
import { emitIssue } from "../events/issue-events.ts";
import {
  checkBody,
  checkTitle,
  editText,
  insertIssue,
  labelIdsOf,
  setLabels,
  setState,
} from "../issue-changes.ts";
import { setPullState } from "../pull-changes.ts";
import { hasRole } from "../server/access.ts";
import { validationFailed } from "../server/github-error.ts";
import { paged } from "../server/paging.ts";
import { created, ok, type RepositoryCall, repositoryRoute } from "../server/route.ts";
import { type IssueRow, stateReason } from "../store/conversations.ts";
import { renderIssue, renderLabel } from "../views/issue.ts";
import { renderUserById } from "../views/user.ts";
import { type Actor, timestamp, type World } from "../world.ts";
import { readIssues, writeIssues } from "./access-needs.ts";
import { findIssue, requireAuthorOr } from "./find.ts";

const labelList = z.array(z.union([z.string(), z.object({ name: z.string() })]));
const titleText = z.union([z.string(), z.number()]).transform(String);

const newIssue = z.object({
  title: titleText,
  body: z.string().nullish(),
  labels: labelList.optional(),
  assignees: z.array(z.string()).optional(),
});

const issueChange = z.object({
  title: titleText.nullish(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
  state_reason: stateReason.nullish(),
  labels: labelList.optional(),
  assignees: z.array(z.string()).optional(),
});

export const issueRoutes = [
  repositoryRoute({
    method: "GET",
    template: "/issues",
    access: readIssues,
    handle: (world, call) =>
      paged(world, call, filterIssues(world, call), (row) => renderIssue(world, row)),
  }),
  repositoryRoute({
    method: "POST",
    template: "/issues",
    content: true,
    access: { ...writeIssues, permissions: ["issues"] },
    body: newIssue,
    handle: (world, call) => created(renderIssue(world, openIssue(world, call))),
  }),
  repositoryRoute({
    method: "GET",
    template: "/issues/{issue_number}",
    access: readIssues,
    handle: (world, call) => ok(renderIssue(world, findIssue(world, call))),
  }),
  repositoryRoute({
    method: "PATCH",
    template: "/issues/{issue_number}",
    access: writeIssues,
    body: issueChange,
    handle: async (world, call) => ok(renderIssue(world, await changeIssue(world, call))),
  }),
];

function openIssue(world: World, call: RepositoryCall<z.infer<typeof newIssue>>): IssueRow {
  const { body, repository } = call;
  const actor = call.actor();
  checkTitle("Issue", body.title);
  checkBody("Issue", body.body);
  return world.transaction(() => {
    const mayLabel = actor.app !== null || hasRole(world, repository, actor.user.id, "triage");
    const text = { title: body.title, body: body.body ?? null, isPull: false };
    const issue = insertIssue(world, repository, text, actor);
    // Labels of people who may not label are dropped in silence, as GitHub does.
    const ids = mayLabel ? labelIdsOf(world, repository, namesOf(body.labels ?? []), actor) : [];
    const assigneeIds = mayLabel ? assigneeIdsOf(world, body.assignees ?? []) : [];
    const labelled = world.tables.issues.update(issue.id, { labelIds: [...ids], assigneeIds });
    emitIssue(world, labelled, { action: "opened", actor });
    for (const id of ids) {
      const label = renderLabel(world, world.tables.labels.must(id));
      emitIssue(world, labelled, { action: "labeled", actor, extra: { label } });
    }
    return labelled;
  });
}

async function changeIssue(
  world: World,
  call: RepositoryCall<z.infer<typeof issueChange>>,
): Promise<IssueRow> {
  const issue = findIssue(world, call);
  const { body, repository } = call;
  const actor = call.actor();
  if (body.title !== undefined || body.body !== undefined) {
    requireAuthorOr(world, call, issue.userId, "write");
  }
  if (body.state !== undefined) requireAuthorOr(world, call, issue.userId, "triage");
  if (body.labels !== undefined || body.assignees !== undefined) {
    requireAuthorOr(world, call, -1, "triage");
  }
  const title = body.title ?? issue.title;
  checkTitle("Issue", title);
  checkBody("Issue", body.body);
  const text = { title, body: body.body === undefined ? issue.body : body.body };
  if (issue.isPull && body.state !== undefined) {
    await setPullState(world, world.tables.issues.must(issue.id), body.state, actor);
  }
  return world.transaction(() => {
    let current = editText(world, world.tables.issues.must(issue.id), text, actor);
    if (body.labels !== undefined) {
      const ids = labelIdsOf(world, repository, namesOf(body.labels), actor);
      current = setLabels(world, current, ids, actor);
    }
    if (body.assignees !== undefined) {
      current = setAssignees(world, current, assigneeIdsOf(world, body.assignees), actor);
    }
    if (body.state !== undefined && !issue.isPull) {
      const to = { state: body.state, reason: body.state_reason ?? null };
      current = setState(world, current, to, actor);
    }
    return current;
  });
}

function setAssignees(
  world: World,
  issue: IssueRow,
  assigneeIds: readonly number[],
  actor: Actor,
): IssueRow {
  const removed = issue.assigneeIds.filter((id) => !assigneeIds.includes(id));
  const added = assigneeIds.filter((id) => !issue.assigneeIds.includes(id));
  const updated = world.tables.issues.update(issue.id, {
    assigneeIds: [...assigneeIds],
    updatedAt: world.now(),
  });
  for (const id of removed) {
    const extra = { assignee: renderUserById(world, id) };
    emitIssue(world, updated, { action: "unassigned", actor, extra });
  }
  for (const id of added) {
    const extra = { assignee: renderUserById(world, id) };
    emitIssue(world, updated, { action: "assigned", actor, extra });
  }
  return updated;
}

function filterIssues(world: World, call: RepositoryCall<null>): readonly IssueRow[] {
  const { query, repository } = call;
  const state = query.get("state") ?? "open";
  const since = sinceOf(query);
  const labels = (query.get("labels") ?? "").split(",").filter((name) => name !== "");
  const creator = query.get("creator")?.toLowerCase() ?? null;
  const rows = world.tables.issues.find({ repositoryId: repository.id }).filter((issue) => {
    if (state !== "all" && issue.state !== state) return false;
    if (!isSince(issue.updatedAt, since)) return false;
    if (creator !== null && world.tables.users.must(issue.userId).key !== creator) return false;
    const names = issue.labelIds.map((id) => world.tables.labels.must(id).key);
    return labels.every((label) => names.includes(label.toLowerCase()));
  });
  return sortRows(rows, query);
}

/** The `since` of a query in milliseconds, or null. @throws GitHubError 422 for what is no instant */
export function sinceOf(query: URLSearchParams): number | null {
  const text = query.get("since");
  if (text === null) return null;
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw validationFailed({ resource: "Issue", field: "since", code: "invalid" });
}

/** True when an instant, in the whole seconds GitHub shows, is not before `since`. */
export function isSince(atMs: number, since: number | null): boolean {
  return since === null || Date.parse(timestamp(atMs)) >= since;
}

/** Sorts by `sort` (created, updated) and `direction`, newest first by default. */
export function sortRows<Row extends { id: number; createdAt: number; updatedAt: number }>(
  rows: readonly Row[],
  query: URLSearchParams,
): readonly Row[] {
  const field = query.get("sort") === "updated" ? "updatedAt" : "createdAt";
  const sign = query.get("direction") === "asc" ? 1 : -1;
  return [...rows].sort((a, b) => sign * (a[field] - b[field] || a.id - b.id));
}

function namesOf(labels: z.infer<typeof labelList>): readonly string[] {
  return labels.map((label) => (typeof label === "string" ? label : label.name));
}

function assigneeIdsOf(world: World, logins: readonly string[]): number[] {
  return logins.flatMap(
    (login) => world.tables.users.first({ key: login.toLowerCase() })?.id ?? [],
  );
}
