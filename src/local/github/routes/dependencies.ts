import { z } from "zod";
import { emitDependency } from "../events/issue-events.ts";
import { notFound, unprocessable } from "../server/github-error.ts";
import { paged } from "../server/paging.ts";
import { created, ok, type RepositoryCall, repositoryRoute } from "../server/route.ts";
import type { IssueRow } from "../store/conversations.ts";
import { renderIssue } from "../views/issue.ts";
import type { World } from "../world.ts";
import { readRelations, relateIssues } from "./access-needs.ts";
import { findIssue, issueOfOwner, numberParam } from "./find.ts";

const DEPENDENCIES_LIMIT = 50;

const addBlocker = z.object({ issue_id: z.int() });

export const dependencyRoutes = [
  repositoryRoute({
    method: "GET",
    template: "/issues/{issue_number}/dependencies/blocked_by",
    access: readRelations,
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
    access: readRelations,
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
    access: relateIssues,
    body: addBlocker,
    handle: (world, call) => created(renderIssue(world, block(world, call))),
  }),
  repositoryRoute({
    method: "DELETE",
    template: "/issues/{issue_number}/dependencies/blocked_by/{issue_id}",
    content: true,
    access: relateIssues,
    handle: (world, call) => ok(renderIssue(world, unblock(world, call))),
  }),
];

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

function reaches(world: World, fromId: number, toId: number): boolean {
  const blockers = world.tables.dependencies.find({ blockedId: fromId });
  return blockers.some((row) => row.blockingId === toId || reaches(world, row.blockingId, toId));
}
