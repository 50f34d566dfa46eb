// One payload builder per event about issues, comments, labels and their relations.

import type { JsonObject } from "../json.ts";
import type { RepositoryRow } from "../store/accounts.ts";
import type { CommentRow, IssueRow, LabelRow } from "../store/conversations.ts";
import { renderComment, renderIssue, renderLabel } from "../views/issue.ts";
import { renderRepository } from "../views/repository.ts";
import type { Actor, World } from "../world.ts";
import { emit } from "./emit.ts";
import { emitPull } from "./pull-events.ts";

/** `issues` for an issue, `pull_request` for a pull request: opened, closed, edited, labeled … */
export function emitIssue(
  world: World,
  issue: IssueRow,
  told: { readonly action: string; readonly actor: Actor; readonly extra?: JsonObject },
): void {
  const { action, actor, extra = {} } = told;
  if (issue.isPull) {
    const pull = world.tables.pulls.first({ issueId: issue.id });
    if (pull !== null) emitPull(world, pull, { action, actor, extra });
    return;
  }
  const repository = world.tables.repositories.must(issue.repositoryId);
  const payload = { issue: renderIssue(world, issue), ...extra };
  emit(world, { event: "issues", action, repository, actor, payload });
}

/** `issue_comment`: created, edited, deleted. */
export function emitComment(
  world: World,
  comment: CommentRow,
  told: { readonly action: string; readonly actor: Actor; readonly extra?: JsonObject },
): void {
  const repository = world.tables.repositories.must(comment.repositoryId);
  const issue = world.tables.issues.must(comment.issueId);
  emit(world, {
    event: "issue_comment",
    action: told.action,
    repository,
    actor: told.actor,
    payload: {
      issue: renderIssue(world, issue),
      comment: renderComment(world, comment),
      ...told.extra,
    },
  });
}

/** `label`: created, edited, deleted. */
export function emitLabel(
  world: World,
  label: LabelRow,
  told: { readonly action: string; readonly actor: Actor; readonly extra?: JsonObject },
): void {
  const repository = world.tables.repositories.must(label.repositoryId);
  const payload = { label: renderLabel(world, label), ...told.extra };
  emit(world, { event: "label", action: told.action, repository, actor: told.actor, payload });
}

/** `sub_issues`, once for each side of the relation. */
export function emitSubIssue(
  world: World,
  pair: { readonly parent: IssueRow; readonly child: IssueRow },
  told: { readonly verb: "added" | "removed"; readonly actor: Actor },
): void {
  const { parent, child } = pair;
  const parentRepository = repositoryOf(world, parent);
  const childRepository = repositoryOf(world, child);
  const payload = {
    parent_issue_id: parent.id,
    parent_issue: renderIssue(world, parent),
    sub_issue_id: child.id,
    sub_issue: renderIssue(world, child),
  };
  const { actor } = told;
  emit(world, {
    event: "sub_issues",
    action: `parent_issue_${told.verb}`,
    repository: childRepository,
    actor,
    payload: { ...payload, parent_issue_repo: renderRepository(world, parentRepository) },
  });
  emit(world, {
    event: "sub_issues",
    action: `sub_issue_${told.verb}`,
    repository: parentRepository,
    actor,
    payload: { ...payload, sub_issue_repo: renderRepository(world, childRepository) },
  });
}

/** `issue_dependencies`, once for each side of the relation. */
export function emitDependency(
  world: World,
  pair: { readonly blocked: IssueRow; readonly blocking: IssueRow },
  told: { readonly verb: "added" | "removed"; readonly actor: Actor },
): void {
  const { blocked, blocking } = pair;
  const payload = {
    blocked_issue_id: blocked.id,
    blocked_issue: renderIssue(world, blocked),
    blocking_issue_id: blocking.id,
    blocking_issue: renderIssue(world, blocking),
  };
  const { actor } = told;
  emit(world, {
    event: "issue_dependencies",
    action: `blocked_by_${told.verb}`,
    repository: repositoryOf(world, blocked),
    actor,
    payload: {
      ...payload,
      blocking_issue_repo: renderRepository(world, repositoryOf(world, blocking)),
    },
  });
  emit(world, {
    event: "issue_dependencies",
    action: `blocking_${told.verb}`,
    repository: repositoryOf(world, blocking),
    actor,
    payload: {
      ...payload,
      blocked_issue_repo: renderRepository(world, repositoryOf(world, blocked)),
    },
  });
}

function repositoryOf(world: World, issue: IssueRow): RepositoryRow {
  return world.tables.repositories.must(issue.repositoryId);
}
