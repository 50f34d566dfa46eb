// Issues, what is said on them, and how they hang together.

import { z } from "zod";

export const labelRow = z.strictObject({
  id: z.number(),
  repositoryId: z.number(),
  name: z.string(),
  key: z.string(),
  color: z.string(),
  description: z.string().nullable(),
});
export type LabelRow = z.infer<typeof labelRow>;

export const stateReason = z.enum(["completed", "not_planned", "reopened", "duplicate"]);

export const issueRow = z.strictObject({
  id: z.number(),
  repositoryId: z.number(),
  number: z.number(),
  isPull: z.boolean(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.enum(["open", "closed"]),
  stateReason: stateReason.nullable(),
  userId: z.number(),
  appId: z.number().nullable(),
  labelIds: z.array(z.number()),
  assigneeIds: z.array(z.number()),
  createdAt: z.number(),
  updatedAt: z.number(),
  closedAt: z.number().nullable(),
  closedById: z.number().nullable(),
});
export type IssueRow = z.infer<typeof issueRow>;

export const subIssueRow = z.strictObject({
  id: z.number(),
  parentId: z.number(),
  childId: z.number(),
  position: z.number(),
});

export const dependencyRow = z.strictObject({
  id: z.number(),
  blockedId: z.number(),
  blockingId: z.number(),
});

export const commentRow = z.strictObject({
  id: z.number(),
  repositoryId: z.number(),
  issueId: z.number(),
  userId: z.number(),
  appId: z.number().nullable(),
  body: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  pinnedAt: z.number().nullable(),
  pinnedById: z.number().nullable(),
  minimizedReason: z.string().nullable(),
});
export type CommentRow = z.infer<typeof commentRow>;

export const reactionContents = [
  "+1",
  "-1",
  "laugh",
  "confused",
  "heart",
  "hooray",
  "rocket",
  "eyes",
] as const;

export const reactionRow = z.strictObject({
  id: z.number(),
  subject: z.enum(["issue", "comment", "review-comment"]),
  subjectId: z.number(),
  userId: z.number(),
  content: z.enum(reactionContents),
  createdAt: z.number(),
});
export type ReactionRow = z.infer<typeof reactionRow>;
