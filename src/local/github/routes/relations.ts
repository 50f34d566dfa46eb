// Sub-issues and dependencies.

import { z } from "zod";
import { emitDependency, emitSubIssue } from "../events/issue-events.ts";
import { notFound, unprocessable } from "../server/github-error.ts";
import { paged } from "../server/paging.ts";
import { created, ok, type RepositoryCall, repositoryRoute } from "../server/route.ts";
import type { IssueRow } from "../store/conversations.ts";
import { renderIssue } from "../views/issue.ts";
import type { World } from "../world.ts";
import { readIssues, triageIssues } from "./access-needs.ts";
import { findIssue, numberParam } from "./find.ts";

const SUB_ISSUES_LIMIT = 100;
const DEPTH_LIMIT = 8;
const DEPENDENCIES_LIMIT = 50;

const addChild = z.object({ sub_issue_id: z.int(), replace_parent: z.boolean().optional() });
const removeChild = z.object({ sub_issue_id: z.int() });
const moveChild = z.object({
  sub_issue_id: z.int(),
  after_id: z.int().optional(),
  before_id: z.int().optional(),
});
const addBlocker = z.object({ issue_id: z.int() });

const readOnlyIssues = { ...readIssues, permissions: ["issues"] };
const writeOnlyIssues = { ...triageIssues, permissions: ["issues"] };

export const relationRoutes = [
  repositoryRoute({
    method: "GET",
    template: "/issues/{issue_number}/sub_issues",
    access: readOnlyIssues,
    handle: (world, call) => {
      const rows = childrenOf(world, findIssue(world, call));
      return paged(world, call, rows, (row) => renderIssue(world, row));
    },
  }),
  repositoryRoute({
    method: "POST",
    template: "/issues/{issue_number}/sub_issues",
    content: true,
    access: writeOnlyIssues,
    body: addChild,
    handle: (world, call) => created(renderIssue(world, adopt(world, call))),
  }),
  repositoryRoute({
    method: "DELETE",
    template: "/issues/{issue_number}/sub_issue",
    content: true,
    access: writeOnlyIssues,
    body: removeChild,
    handle: (world, call) => ok(renderIssue(world, orphan(world, call))),
  }),
  repositoryRoute({
    method: "PATCH",
    template: "/issues/{issue_number}/sub_issues/priority",
    content: true,
    access: writeOnlyIssues,
    body: moveChild,
    handle: (world, call) => ok(renderIssue(world, reorder(world, call))),
  }),
  repositoryRoute({
    method: "GET",
    template: "/issues/{issue_number}/parent",
    access: readOnlyIssues,
    handle: (world, call) => {
      const link = world.tables.subIssues.first({ childId: findIssue(world, call).id });
      if (link === null) throw notFound();
      return ok(renderIssue(world, world.tables.issues.must(link.parentId)));
    },
  }),
  repositoryRoute({
    method: "GET",
    template: "/issues/{issue_number}/dependencies/blocked_by",
    access: readOnlyIssues,
    handle: (world, call) => {
      const rows = world.tables.dependencies.find({ blockedId: findIssue(world, call).id });
      return paged(world, call, rows, (row) =>
        renderIssue(world, world.tables.issues.must(row.blockingId)),
      );
    },
  }),
  repositoryRoute({
    method: "GET",
    template: "/issues/{issue_number}/dependencies/blocking",
    access: readOnlyIssues,
    handle: (world, call) => {
      const rows = world.tables.dependencies.find({ blockingId: findIssue(world, call).id });
      return paged(world, call, rows, (row) =>
        renderIssue(world, world.tables.issues.must(row.blockedId)),
      );
    },
  }),
  repositoryRoute({
    method: "POST",
    template: "/issues/{issue_number}/dependencies/blocked_by",
    content: true,
    access: writeOnlyIssues,
    body: addBlocker,
    handle: (world, call) => created(renderIssue(world, block(world, call))),
  }),
  repositoryRoute({
    method: "DELETE",
    template: "/issues/{issue_number}/dependencies/blocked_by/{issue_id}",
    content: true,
    access: writeOnlyIssues,
    handle: (world, call) => ok(renderIssue(world, unblock(world, call))),
  }),
];

/** The sub-issues of an issue, in their order. */
export function childrenOf(world: World, parent: IssueRow): readonly IssueRow[] {
  return [...world.tables.subIssues.find({ parentId: parent.id })]
    .sort((a, b) => a.position - b.position)
    .map((row) => world.tables.issues.must(row.childId));
}

function adopt(world: World, call: RepositoryCall<z.infer<typeof addChild>>): IssueRow {
  const parent = findIssue(world, call);
  const child = issueOfOwner(world, call, call.body.sub_issue_id);
  const link = world.tables.subIssues.first({ childId: child.id });
  if (parent.isPull || child.isPull) throw unprocessable("Pull requests cannot be sub-issues.");
  if (link?.parentId === parent.id) {
    throw unprocessable(
      "An error occurred while adding the sub-issue to the parent issue. Issue may not contain duplicate sub-issues.",
    );
  }
  if (link !== null && call.body.replace_parent !== true) {
    throw unprocessable(
      "An error occurred while adding the sub-issue to the parent issue. Sub issue may only have one parent.",
    );
  }
  if (world.tables.subIssues.count({ parentId: parent.id }) >= SUB_ISSUES_LIMIT) {
    throw unprocessable(
      `An error occurred while adding the sub-issue to the parent issue. Parent cannot have more than ${SUB_ISSUES_LIMIT} sub-issues.`,
    );
  }
  checkDepth(world, parent, child);
  return world.transaction(() => {
    const actor = call.actor();
    if (link !== null) {
      const old = world.tables.issues.must(link.parentId);
      world.tables.subIssues.remove(link.id);
      emitSubIssue(world, { parent: old, child }, { verb: "removed", actor });
    }
    const last = world.tables.subIssues.find({ parentId: parent.id }).map((row) => row.position);
    const position = Math.max(0, ...last) + 1;
    world.tables.subIssues.insert({ parentId: parent.id, childId: child.id, position });
    emitSubIssue(world, { parent, child }, { verb: "added", actor });
    return world.tables.issues.update(parent.id, { updatedAt: world.now() });
  });
}

function orphan(world: World, call: RepositoryCall<z.infer<typeof removeChild>>): IssueRow {
  const parent = findIssue(world, call);
  const childId = call.body.sub_issue_id;
  const link = world.tables.subIssues.first({ parentId: parent.id, childId });
  if (link === null) throw notFound();
  return world.transaction(() => {
    world.tables.subIssues.remove(link.id);
    const child = world.tables.issues.must(childId);
    emitSubIssue(world, { parent, child }, { verb: "removed", actor: call.actor() });
    return world.tables.issues.update(parent.id, { updatedAt: world.now() });
  });
}

function reorder(world: World, call: RepositoryCall<z.infer<typeof moveChild>>): IssueRow {
  const parent = findIssue(world, call);
  const { sub_issue_id: id, after_id: after, before_id: before } = call.body;
  const target = after ?? before;
  const order = childrenOf(world, parent).map((child) => child.id);
  const both = after !== undefined && before !== undefined;
  if (target === undefined || both || !order.includes(id) || !order.includes(target)) {
    throw unprocessable("Exactly one of after_id and before_id must name another sub-issue.");
  }
  const rest = order.filter((other) => other !== id);
  rest.splice(rest.indexOf(target) + (after === undefined ? 0 : 1), 0, id);
  return world.transaction(() => {
    for (const row of world.tables.subIssues.find({ parentId: parent.id })) {
      world.tables.subIssues.update(row.id, { position: rest.indexOf(row.childId) + 1 });
    }
    return world.tables.issues.must(parent.id);
  });
}

function block(world: World, call: RepositoryCall<z.infer<typeof addBlocker>>): IssueRow {
  const blocked = findIssue(world, call);
  const blocking = issueOfOwner(world, call, call.body.issue_id);
  const { dependencies } = world.tables;
  if (blocked.id === blocking.id) throw unprocessable("An issue cannot block itself.");
  if (dependencies.first({ blockedId: blocked.id, blockingId: blocking.id }) !== null) {
    throw unprocessable("Validation failed: Target issue has already been taken");
  }
  if (reaches(world, blocking.id, blocked.id)) {
    throw unprocessable("Validation failed: This dependency would make a circle");
  }
  const full =
    dependencies.count({ blockedId: blocked.id }) >= DEPENDENCIES_LIMIT ||
    dependencies.count({ blockingId: blocking.id }) >= DEPENDENCIES_LIMIT;
  if (full)
    throw unprocessable(
      `Issues cannot have more than ${DEPENDENCIES_LIMIT} dependencies of one kind.`,
    );
  return world.transaction(() => {
    dependencies.insert({ blockedId: blocked.id, blockingId: blocking.id });
    emitDependency(world, { blocked, blocking }, { verb: "added", actor: call.actor() });
    return world.tables.issues.update(blocked.id, { updatedAt: world.now() });
  });
}

function unblock(world: World, call: RepositoryCall<null>): IssueRow {
  const blocked = findIssue(world, call);
  const blockingId = numberParam(call, "issue_id");
  const row = world.tables.dependencies.first({ blockedId: blocked.id, blockingId });
  if (row === null) throw notFound();
  return world.transaction(() => {
    world.tables.dependencies.remove(row.id);
    const blocking = world.tables.issues.must(blockingId);
    emitDependency(world, { blocked, blocking }, { verb: "removed", actor: call.actor() });
    return world.tables.issues.update(blocked.id, { updatedAt: world.now() });
  });
}

// Relations go by database id and may cross repositories, but never owners.
function issueOfOwner(world: World, call: RepositoryCall<unknown>, id: number): IssueRow {
  const issue = world.tables.issues.get(id);
  const owner = issue === null ? null : world.tables.repositories.must(issue.repositoryId).ownerId;
  if (issue === null || owner !== call.repository.ownerId) throw notFound();
  return issue;
}

function checkDepth(world: World, parent: IssueRow, child: IssueRow): void {
  let above = 1;
  for (let at: number | null = parent.id; at !== null; above += 1) {
    if (at === child.id)
      throw unprocessable(
        "An error occurred while adding the sub-issue to the parent issue. Sub-issue cannot be its own ancestor.",
      );
    at = world.tables.subIssues.first({ childId: at })?.parentId ?? null;
  }
  if (above - 1 + heightOf(world, child.id) > DEPTH_LIMIT) {
    throw unprocessable(
      `An error occurred while adding the sub-issue to the parent issue. Sub-issues may be nested at most ${DEPTH_LIMIT} levels deep.`,
    );
  }
}

function heightOf(world: World, id: number): number {
  const below = world.tables.subIssues
    .find({ parentId: id })
    .map((row) => heightOf(world, row.childId));
  return 1 + Math.max(0, ...below);
}

function reaches(world: World, fromId: number, toId: number): boolean {
  const blockers = world.tables.dependencies.find({ blockedId: fromId });
  return blockers.some((row) => row.blockingId === toId || reaches(world, row.blockingId, toId));
}
