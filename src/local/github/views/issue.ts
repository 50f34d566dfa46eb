import type { JsonObject } from "../json.ts";
import type { RepositoryRow } from "../store/accounts.ts";
import type { CommentRow, IssueRow, LabelRow, ReactionRow } from "../store/conversations.ts";
import { reactionContents } from "../store/conversations.ts";
import { nodeId, timestamp, timestampOrNull, type World } from "../world.ts";
import { repositoryApi, repositoryPage } from "./repository.ts";
import { renderAppById, renderUserById } from "./user.ts";

/** An issue, or a pull request seen as one. */
export function renderIssue(world: World, issue: IssueRow): JsonObject {
  const repository = world.tables.repositories.must(issue.repositoryId);
  const api = `${repositoryApi(world, repository)}/issues/${issue.number}`;
  const assignees = issue.assigneeIds.map((id) => renderUserById(world, id));
  const pinned = world.tables.comments
    .find({ issueId: issue.id })
    .find((comment) => comment.pinnedAt !== null);
  return {
    id: issue.id,
    node_id: nodeId("I", issue.id),
    url: api,
    repository_url: repositoryApi(world, repository),
    labels_url: `${api}/labels{/name}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    html_url: issuePage(world, repository, issue),
    timeline_url: `${api}/timeline`,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    state_reason: issue.stateReason,
    user: renderUserById(world, issue.userId),
    labels: renderLabels(world, issue),
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    locked: false,
    active_lock_reason: null,
    comments: world.tables.comments.count({ issueId: issue.id }),
    ...instants(issue),
    author_association: associationOf(world, repository, issue.userId),
    performed_via_github_app: renderAppById(world, issue.appId),
    reactions: renderReactionCounts(world, "issue", issue.id, api),
    ...relations(world, issue),
    ...(issue.closedById === null ? {} : { closed_by: renderUserById(world, issue.closedById) }),
    ...(pinned === undefined ? {} : { pinned_comment: renderComment(world, pinned) }),
    ...(issue.isPull ? pullPart(world, repository, issue) : {}),
  };
}

/** When an issue or pull request was made, changed and closed. */
export function instants(issue: IssueRow): JsonObject {
  return {
    created_at: timestamp(issue.createdAt),
    updated_at: timestamp(issue.updatedAt),
    closed_at: timestampOrNull(issue.closedAt),
  };
}

/** The address of an issue's or pull request's page. */
export function issuePage(world: World, repository: RepositoryRow, issue: IssueRow): string {
  const kind = issue.isPull ? "pull" : "issues";
  return `${repositoryPage(world, repository)}/${kind}/${issue.number}`;
}

/** The labels of an issue, in the order they were put on. */
export function renderLabels(world: World, issue: IssueRow): readonly JsonObject[] {
  return issue.labelIds.map((id) => renderLabel(world, world.tables.labels.must(id)));
}

/** A label of a repository. */
export function renderLabel(world: World, label: LabelRow): JsonObject {
  const repository = world.tables.repositories.must(label.repositoryId);
  return {
    id: label.id,
    node_id: nodeId("LA", label.id),
    url: `${repositoryApi(world, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}

/** A comment on an issue or pull request. */
export function renderComment(world: World, comment: CommentRow): JsonObject {
  const repository = world.tables.repositories.must(comment.repositoryId);
  const issue = world.tables.issues.must(comment.issueId);
  const url = `${repositoryApi(world, repository)}/issues/comments/${comment.id}`;
  return {
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    url,
    html_url: `${issuePage(world, repository, issue)}#issuecomment-${comment.id}`,
    issue_url: `${repositoryApi(world, repository)}/issues/${issue.number}`,
    body: comment.body,
    user: renderUserById(world, comment.userId),
    created_at: timestamp(comment.createdAt),
    updated_at: timestamp(comment.updatedAt),
    author_association: associationOf(world, repository, comment.userId),
    performed_via_github_app: renderAppById(world, comment.appId),
    reactions: renderReactionCounts(world, "comment", comment.id, url),
    pin:
      comment.pinnedAt === null
        ? null
        : {
            pinned_at: timestamp(comment.pinnedAt),
            pinned_by: renderUserById(world, comment.pinnedById),
          },
    minimized: comment.minimizedReason === null ? null : { reason: comment.minimizedReason },
  };
}

/** One reaction. */
export function renderReaction(world: World, reaction: ReactionRow): JsonObject {
  return {
    id: reaction.id,
    node_id: nodeId("REA", reaction.id),
    user: renderUserById(world, reaction.userId),
    content: reaction.content,
    created_at: timestamp(reaction.createdAt),
  };
}

/** How many reactions of each kind something has; `url` is the thing's own. */
export function renderReactionCounts(
  world: World,
  subject: ReactionRow["subject"],
  subjectId: number,
  url: string,
): JsonObject {
  const reactions = world.tables.reactions.find({ subject, subjectId });
  const counts: Record<string, number> = {};
  for (const content of reactionContents) {
    counts[content] = reactions.filter((reaction) => reaction.content === content).length;
  }
  return { url: `${url}/reactions`, total_count: reactions.length, ...counts };
}

/** GitHub's hint at who an author is; who may do what is decided by role, never by this. */
export function associationOf(world: World, repository: RepositoryRow, userId: number): string {
  if (repository.ownerId === userId) return "OWNER";
  const role = world.tables.roles.first({ repositoryId: repository.id, userId });
  return role === null || role.role === "none" ? "NONE" : "COLLABORATOR";
}

function relations(world: World, issue: IssueRow): JsonObject {
  const { subIssues, dependencies, issues } = world.tables;
  const children = subIssues.find({ parentId: issue.id }).map((row) => issues.must(row.childId));
  const completed = children.filter((child) => child.state === "closed").length;
  const isOpen = (id: number) => issues.must(id).state === "open";
  const blockers = dependencies.find({ blockedId: issue.id });
  const blocked = dependencies.find({ blockingId: issue.id });
  return {
    sub_issues_summary: {
      total: children.length,
      completed,
      percent_completed:
        children.length === 0 ? 0 : Math.floor((completed * 100) / children.length),
    },
    issue_dependencies_summary: {
      blocked_by: blockers.filter((row) => isOpen(row.blockingId)).length,
      total_blocked_by: blockers.length,
      blocking: issue.state === "open" ? blocked.filter((row) => isOpen(row.blockedId)).length : 0,
      total_blocking: blocked.length,
    },
    ...parentPart(world, issue),
  };
}

function parentPart(world: World, issue: IssueRow): JsonObject {
  const link = world.tables.subIssues.first({ childId: issue.id });
  if (link === null) return {};
  const parent = world.tables.issues.must(link.parentId);
  const repository = world.tables.repositories.must(parent.repositoryId);
  return { parent_issue_url: `${repositoryApi(world, repository)}/issues/${parent.number}` };
}

function pullPart(world: World, repository: RepositoryRow, issue: IssueRow): JsonObject {
  const pull = world.tables.pulls.first({ issueId: issue.id });
  const page = issuePage(world, repository, issue);
  return {
    draft: pull?.draft ?? false,
    pull_request: {
      url: `${repositoryApi(world, repository)}/pulls/${issue.number}`,
      html_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      merged_at: timestampOrNull(pull?.mergedAt ?? null),
    },
  };
}
