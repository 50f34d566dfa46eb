import { z } from "zod";
import { notFound } from "../server/github-error.ts";
import { paged } from "../server/paging.ts";
import {
  created,
  noContent,
  ok,
  type Reply,
  type RepositoryCall,
  repositoryRoute,
} from "../server/route.ts";
import { type ReactionRow, reactionContents } from "../store/conversations.ts";
import { renderReaction } from "../views/issue.ts";
import type { World } from "../world.ts";
import { readIssues, readPulls, writeIssues, writePulls } from "./access-needs.ts";
import { findComment, findIssue, numberParam } from "./find.ts";

const reaction = z.object({ content: z.enum(reactionContents) });

type Subject = { readonly subject: ReactionRow["subject"]; readonly subjectId: number };

const ofIssue = (world: World, call: RepositoryCall<unknown>): Subject => ({
  subject: "issue",
  subjectId: findIssue(world, call).id,
});
const ofComment = (world: World, call: RepositoryCall<unknown>): Subject => ({
  subject: "comment",
  subjectId: findComment(world, call).id,
});
const ofReviewComment = (world: World, call: RepositoryCall<unknown>): Subject => {
  const comment = world.tables.reviewComments.get(numberParam(call, "comment_id"));
  const pull = comment === null ? null : world.tables.pulls.must(comment.pullId);
  if (comment === null || pull?.repositoryId !== call.repository.id) throw notFound();
  return { subject: "review-comment", subjectId: comment.id };
};

export const reactionRoutes = [
  ...routesFor("/issues/{issue_number}/reactions", ofIssue, readIssues, writeIssues),
  ...routesFor("/issues/comments/{comment_id}/reactions", ofComment, readIssues, writeIssues),
  ...routesFor("/pulls/comments/{comment_id}/reactions", ofReviewComment, readPulls, writePulls),
];

function routesFor(
  template: string,
  subjectOf: (world: World, call: RepositoryCall<unknown>) => Subject,
  read: typeof readIssues,
  write: typeof writeIssues,
) {
  return [
    repositoryRoute({
      method: "GET",
      template,
      access: read,
      handle: (world, call) => {
        const rows = world.tables.reactions.find(subjectOf(world, call));
        return paged(world, call, rows, (row) => renderReaction(world, row));
      },
    }),
    repositoryRoute({
      method: "POST",
      template,
      access: write,
      body: reaction,
      handle: (world, call) => react(world, call, subjectOf(world, call)),
    }),
    repositoryRoute({
      method: "DELETE",
      template: `${template}/{reaction_id}`,
      access: write,
      handle: (world, call) => {
        const row = world.tables.reactions.get(numberParam(call, "reaction_id"));
        const { subject, subjectId } = subjectOf(world, call);
        if (row === null || row.subject !== subject || row.subjectId !== subjectId)
          throw notFound();
        if (row.userId !== call.actor().user.id) throw notFound();
        world.transaction(() => world.tables.reactions.remove(row.id));
        return noContent;
      },
    }),
  ];
}

// 200 with the old one when this person already reacted this way, 201 when it is new.
function react(world: World, call: RepositoryCall<z.infer<typeof reaction>>, of: Subject): Reply {
  const userId = call.actor().user.id;
  const { content } = call.body;
  const there = world.tables.reactions.first({ ...of, userId, content });
  if (there !== null) return ok(renderReaction(world, there));
  const row = world.transaction(() =>
    world.tables.reactions.insert({ ...of, userId, content, createdAt: world.now() }),
  );
  return created(renderReaction(world, row));
}
