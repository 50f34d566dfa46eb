import { z } from "zod";
import { emitSubIssue } from "../events/issue-events.ts";
import { notFound, unprocessable } from "../server/github-error.ts";
import { paged } from "../server/paging.ts";
import { created, ok, type RepositoryCall, repositoryRoute } from "../server/route.ts";
import type { IssueRow } from "../store/conversations.ts";
import { renderIssue } from "../views/issue.ts";
import type { World } from "../world.ts";
import { readRelations, relateIssues } from "./access-needs.ts";
import { findIssue, issueOfOwner } from "./find.ts";

const SUB_ISSUES_LIMIT = 100;
const DEPTH_LIMIT = 8;

const addChild = z.object({ sub_issue_id: z.int(), replace_parent: z.boolean().optional() });
const removeChild = z.object({ sub_issue_id: z.int() });
const moveChild = z.object({
  sub_issue_id: z.int(),
  after_id: z.int().optional(),
  before_id: z.int().optional(),
});

export const subIssueRoutes = [
  repositoryRoute({
    method: "GET",
    template: "/issues/{issue_number}/sub_issues",
    access: readRelations,
    handle: (world, call) => {
      const rows = childrenOf(world, findIssue(world, call));
      return paged(world, call, rows, (row) => renderIssue(world, row));
    },
  }),
  repositoryRoute({
    method: "POST",
    template: "/issues/{issue_number}/sub_issues",
    content: true,
    access: relateIssues,
    body: addChild,
    handle: (world, call) => created(renderIssue(world, adopt(world, call))),
  }),
  repositoryRoute({
    method: "DELETE",
    template: "/issues/{issue_number}/sub_issue",
    content: true,
    access: relateIssues,
    body: removeChild,
    handle: (world, call) => ok(renderIssue(world, orphan(world, call))),
  }),
  repositoryRoute({
    method: "PATCH",
    template: "/issues/{issue_number}/sub_issues/priority",
    content: true,
    access: relateIssues,
    body: moveChild,
    handle: (world, call) => ok(renderIssue(world, reorder(world, call))),
  }),
  repositoryRoute({
    method: "GET",
    template: "/issues/{issue_number}/parent",
    access: readRelations,
    handle: (world, call) => {
      const link = world.tables.subIssues.first({ childId: findIssue(world, call).id });
      if (link === null) throw notFound();
      return ok(renderIssue(world, world.tables.issues.must(link.parentId)));
    },
  }),
];

/** The sub-issues of an issue, in their order. */
function childrenOf(world: World, parent: IssueRow): readonly IssueRow[] {
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
