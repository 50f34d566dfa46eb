import type { Webhook } from "./define-webhook.ts";
import { issueCommentCreated } from "./issue-comment.ts";
import { issueClosed, issueLabeled, issueUnlabeled } from "./issues.ts";
import { pullRequestClosed } from "./pull-request.ts";

/** Every event the product acts on. */
export const webhooks: readonly Webhook[] = [
  issueLabeled,
  issueUnlabeled,
  issueClosed,
  issueCommentCreated,
  pullRequestClosed,
];
