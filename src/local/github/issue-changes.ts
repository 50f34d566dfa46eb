// Changes to issues and labels, each with the webhooks it causes. Called inside a transaction.

import { emitIssue, emitLabel } from "./events/issue-events.ts";
import { unprocessable, validationFailed } from "./server/github-error.ts";
import type { RepositoryRow } from "./store/accounts.ts";
import type { IssueRow, LabelRow } from "./store/conversations.ts";
import { renderLabel } from "./views/issue.ts";
import type { Actor, World } from "./world.ts";

const BODY_LIMIT = 65_536;
const TITLE_LIMIT = 256;
const LABEL_NAME_LIMIT = 50;

/** @throws GitHubError 422 in GitHub's words when a body is too long */
export function checkBody(resource: string, body: string | null | undefined): void {
  if ((body ?? "").length <= BODY_LIMIT) return;
  const message = `body is too long (maximum is ${BODY_LIMIT} characters)`;
  throw validationFailed({ resource, field: "body", code: "custom", message });
}

/** @throws GitHubError 422 when a title is empty or too long */
export function checkTitle(resource: string, title: string): void {
  if (title.trim() === "") {
    throw validationFailed({ resource, field: "title", code: "missing_field" });
  }
  if (title.length <= TITLE_LIMIT) return;
  const message = `title is too long (maximum is ${TITLE_LIMIT} characters)`;
  throw validationFailed({ resource, field: "title", code: "custom", message });
}

/** Stores a new issue, or the issue side of a pull request, under the repository's next number. */
export function insertIssue(
  world: World,
  repository: RepositoryRow,
  issue: Pick<IssueRow, "title" | "body" | "isPull">,
  actor: Actor,
): IssueRow {
  const at = world.now();
  const { nextNumber: number } = world.tables.repositories.must(repository.id);
  world.tables.repositories.update(repository.id, { nextNumber: number + 1 });
  return world.tables.issues.insert({
    ...issue,
    repositoryId: repository.id,
    number,
    state: "open",
    stateReason: null,
    userId: actor.user.id,
    appId: actor.app?.id ?? null,
    labelIds: [],
    assigneeIds: [],
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    closedById: null,
  });
}

/** The label with this name in whatever case, or null. */
export function labelNamed(world: World, repository: RepositoryRow, name: string): LabelRow | null {
  return world.tables.labels.first({ repositoryId: repository.id, key: name.toLowerCase() });
}

/** Makes a label. @throws GitHubError 422 when it exists or its name is not possible */
export function createLabel(
  world: World,
  repository: RepositoryRow,
  label: { readonly name: string; readonly color: string; readonly description: string | null },
  actor: Actor,
): LabelRow {
  checkLabelName(label.name);
  if (labelNamed(world, repository, label.name) !== null) {
    throw validationFailed({ resource: "Label", field: "name", code: "already_exists" });
  }
  const row = world.tables.labels.insert({
    ...label,
    repositoryId: repository.id,
    key: label.name.toLowerCase(),
  });
  emitLabel(world, row, { action: "created", actor });
  return row;
}

/** @throws GitHubError 422 when a label cannot have this name */
export function checkLabelName(name: string): void {
  if (name.trim() !== "" && name.length <= LABEL_NAME_LIMIT) return;
  const message = `name must be 1 to ${LABEL_NAME_LIMIT} characters long`;
  throw validationFailed({ resource: "Label", field: "name", code: "custom", message });
}

/** Ids of the labels with these names; labels that do not exist are made, as GitHub does. */
export function labelIdsOf(
  world: World,
  repository: RepositoryRow,
  names: readonly string[],
  actor: Actor,
): readonly number[] {
  const plain = { color: "ededed", description: null };
  const ids = names.map((name) => {
    const found = labelNamed(world, repository, name);
    return (found ?? createLabel(world, repository, { name, ...plain }, actor)).id;
  });
  return [...new Set(ids)];
}

/** Gives an issue exactly these labels and tells of each that came or went. */
export function setLabels(
  world: World,
  issue: IssueRow,
  labelIds: readonly number[],
  actor: Actor,
): IssueRow {
  const removed = issue.labelIds.filter((id) => !labelIds.includes(id));
  const added = labelIds.filter((id) => !issue.labelIds.includes(id));
  if (removed.length === 0 && added.length === 0) return issue;
  const updatedAt = world.now();
  let current = issue;
  const step = (action: "labeled" | "unlabeled", id: number, ids: readonly number[]) => {
    current = world.tables.issues.update(issue.id, { labelIds: [...ids], updatedAt });
    const label = renderLabel(world, world.tables.labels.must(id));
    emitIssue(world, current, { action, actor, extra: { label } });
  };
  for (const id of removed)
    step(
      "unlabeled",
      id,
      current.labelIds.filter((other) => other !== id),
    );
  for (const id of added) step("labeled", id, [...current.labelIds, id]);
  return current;
}

/** Closes or reopens an issue that is not a pull request; the same state again only changes the reason. */
export function setState(
  world: World,
  issue: IssueRow,
  to: { readonly state: "open" | "closed"; readonly reason: IssueRow["stateReason"] },
  actor: Actor,
): IssueRow {
  if (issue.state === to.state) return issue;
  const at = world.now();
  const closed = to.state === "closed";
  const reason = closed ? (to.reason ?? "completed") : "reopened";
  if (closed && reason === "reopened") throw unprocessable("state_reason does not fit the state");
  const updated = world.tables.issues.update(issue.id, {
    state: to.state,
    stateReason: issue.isPull ? null : reason,
    closedAt: closed ? at : null,
    closedById: closed ? actor.user.id : null,
    updatedAt: at,
  });
  emitIssue(world, updated, { action: closed ? "closed" : "reopened", actor });
  return updated;
}

/** Changes title and body and tells what they were. */
export function editText(
  world: World,
  issue: IssueRow,
  to: { readonly title: string; readonly body: string | null },
  actor: Actor,
): IssueRow {
  const titleChanged = to.title !== issue.title;
  const bodyChanged = (to.body ?? "") !== (issue.body ?? "");
  if (!titleChanged && !bodyChanged) return issue;
  const updated = world.tables.issues.update(issue.id, { ...to, updatedAt: world.now() });
  const changes = {
    ...(titleChanged ? { title: { from: issue.title } } : {}),
    ...(bodyChanged ? { body: { from: issue.body ?? "" } } : {}),
  };
  emitIssue(world, updated, { action: "edited", actor, extra: { changes } });
  return updated;
}
