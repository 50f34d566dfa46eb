// Pull requests, reviews, checks, statuses, and what was last seen of the refs.

import { z } from "zod";

const pullSize = z.strictObject({
  commits: z.number(),
  additions: z.number(),
  deletions: z.number(),
  changedFiles: z.number(),
});
/** What only git knows of a pull request's size; kept from when its tips last moved. */
export type PullSize = z.infer<typeof pullSize>;

export const pullRow = z.strictObject({
  id: z.number(),
  issueId: z.number(),
  repositoryId: z.number(),
  number: z.number(),
  headRef: z.string(),
  headSha: z.string(),
  baseRef: z.string(),
  baseSha: z.string(),
  draft: z.boolean(),
  mergedAt: z.number().nullable(),
  mergedById: z.number().nullable(),
  mergeCommitSha: z.string().nullable(),
  pendingMergeSha: z.string().nullable(),
  size: pullSize,
  mergeable: z.strictObject({ of: z.string(), clean: z.boolean() }).nullable(),
  requestedReviewerIds: z.array(z.number()),
});
/**
 * `mergeable.of` is `<head sha>:<base sha>`: an answer for other tips is no answer.
 * `pendingMergeSha` is a merge about to be put on the base: seen there, the pull request is merged.
 */
export type PullRow = z.infer<typeof pullRow>;

const reviewState = z.enum(["PENDING", "COMMENTED", "APPROVED", "CHANGES_REQUESTED", "DISMISSED"]);

export const reviewRow = z.strictObject({
  id: z.number(),
  pullId: z.number(),
  userId: z.number(),
  appId: z.number().nullable(),
  body: z.string(),
  state: reviewState,
  commitSha: z.string(),
  submittedAt: z.number(),
});
export type ReviewRow = z.infer<typeof reviewRow>;

export const reviewCommentRow = z.strictObject({
  id: z.number(),
  pullId: z.number(),
  reviewId: z.number(),
  userId: z.number(),
  body: z.string(),
  path: z.string(),
  line: z.number(),
  side: z.enum(["LEFT", "RIGHT"]),
  commitSha: z.string(),
  diffHunk: z.string(),
  inReplyToId: z.number().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type ReviewCommentRow = z.infer<typeof reviewCommentRow>;

export const checkSuiteRow = z.strictObject({
  id: z.number(),
  repositoryId: z.number(),
  appId: z.number(),
  headSha: z.string(),
  headBranch: z.string().nullable(),
  before: z.string().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type CheckSuiteRow = z.infer<typeof checkSuiteRow>;

export const checkStatus = z.enum([
  "queued",
  "in_progress",
  "completed",
  "waiting",
  "requested",
  "pending",
]);
export const checkConclusion = z.enum([
  "action_required",
  "cancelled",
  "failure",
  "neutral",
  "success",
  "skipped",
  "stale",
  "timed_out",
]);
export const annotation = z.object({
  path: z.string(),
  start_line: z.int(),
  end_line: z.int(),
  start_column: z.int().nullable().default(null),
  end_column: z.int().nullable().default(null),
  annotation_level: z.enum(["notice", "warning", "failure"]),
  message: z.string(),
  title: z.string().nullable().default(null),
  raw_details: z.string().nullable().default(null),
});
export const checkAction = z.object({
  label: z.string().max(20),
  description: z.string().max(40),
  identifier: z.string().max(20),
});

export const checkRunRow = z.strictObject({
  id: z.number(),
  repositoryId: z.number(),
  suiteId: z.number(),
  appId: z.number(),
  headSha: z.string(),
  name: z.string(),
  status: checkStatus,
  conclusion: checkConclusion.nullable(),
  externalId: z.string().nullable(),
  detailsUrl: z.string().nullable(),
  startedAt: z.number().nullable(),
  completedAt: z.number().nullable(),
  title: z.string().nullable(),
  summary: z.string().nullable(),
  text: z.string().nullable(),
  annotations: z.array(annotation),
  actions: z.array(checkAction),
});
export type CheckRunRow = z.infer<typeof checkRunRow>;

export const statusRow = z.strictObject({
  id: z.number(),
  repositoryId: z.number(),
  sha: z.string(),
  state: z.enum(["error", "failure", "pending", "success"]),
  context: z.string(),
  description: z.string().nullable(),
  targetUrl: z.string().nullable(),
  creatorId: z.number(),
  createdAt: z.number(),
});
export type StatusRow = z.infer<typeof statusRow>;

/** The last place a branch or tag was announced at; git itself says where it is. */
export const seenRefRow = z.strictObject({
  id: z.number(),
  repositoryId: z.number(),
  ref: z.string(),
  sha: z.string(),
});

/** Who is about to move refs: after a crash the moves found are announced as theirs. */
export const refIntentRow = z.strictObject({
  id: z.number(),
  repositoryId: z.number(),
  userId: z.number(),
  appId: z.number().nullable(),
});
