import { expect, test } from "vitest";
import { applyFacts } from "../../src/domain/apply-facts.ts";
import type { Decision, EpicView } from "../../src/domain/epic-view.ts";
import { publishing } from "../support/epic-view.ts";
import { issue, withWebhooks } from "./hear.ts";

const labelled = { action: "labeled", label: { name: "epic" }, issue: issue(12).payload };
const cause = { what: "test", actor: null };

test.each([
  ["its issue", "issues", { action: "closed", issue: issue(12).payload }],
  ["its pull request", "pull_request", { action: "closed", pull_request: { number: 20 } }],
])(
  "an epic is held when a person closes %s in the middle of publishing (L1, Q2a)",
  (_what, event, closed) =>
    withWebhooks(async ({ hear, store, truth }) => {
      truth.issues.set(12, issue(12).snapshot);
      truth.pulls.set(20, { state: "closed", mergeSha: null });
      await hear("issues", labelled);
      const [epicId = 0] = await store.epics.openIds();
      const decide = (decision: (view: EpicView) => Decision) =>
        store.epics.change(epicId, cause, (view) => ({ decision: decision(view), result: null }));
      await decide((view) =>
        applyFacts(view, [{ kind: "epicPullRequestOpened", number: 20, draft: false }]),
      );
      await decide(() => ({ tasks: [publishing(1)] }));

      await hear(event, closed);

      const { epic, tasks } = await store.epics.view(epicId);
      expect(epic).toMatchObject({
        state: "PAUSED",
        reason: expect.stringContaining("/ff cancel"),
      });
      expect(tasks.map(({ state }) => state)).toEqual(["PUBLISHING"]);
    }),
);
