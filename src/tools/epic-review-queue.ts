import { reviewQueue } from "../domain/decide-review.ts";
import { defineTool } from "./define-tool.ts";

export const epicReviewQueue = defineTool({
  name: "epic_review_queue",
  summary:
    "Submissions that wait for your review, in the order they were made. Read each diff, then approve its exact head or request changes.",
  needs: ["supervisor"],
  sensitive: false,
  input: {},
  handle: (_input, { view }) => ({
    kind: "reply",
    reply: {
      items: reviewQueue(view).map((task) => ({
        task: task.ordinal,
        title: task.title,
        head: task.submittedSha,
        summary: task.summary,
        acceptance: task.acceptance,
        pullRequest: task.pullRequest,
      })),
    },
  }),
});
