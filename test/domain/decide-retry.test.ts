import { expect, test } from "vitest";
import { agentFailed } from "../../src/domain/agent-failed.ts";
import { retryTask } from "../../src/domain/decide-retry.ts";
import { submitTask } from "../../src/domain/decide-task.ts";
import { applied } from "../../src/domain/decision.ts";
import type { EpicView } from "../../src/domain/epic-view.ts";
import { settle } from "../../src/domain/settle.ts";
import type { TaskState } from "../../src/domain/task.ts";
import { renderMessage } from "../../src/text/render-message.ts";
import {
  anAgent,
  anyBounds,
  aTask,
  decisionOf,
  effectsOf,
  profilesOf,
  refusalOf,
  sha,
  viewOf,
} from "../support/epic-view.ts";

const rules = { maxWorkers: 2, profiles: profilesOf("opus", "sonnet"), bounds: anyBounds };
const failed = viewOf([aTask(1, { state: "FAILED", reason: "It crashed." })], {
  agents: [anAgent("supervisor"), anAgent("worker/1", "FAILED")],
});

function retried(view: EpicView): EpicView {
  const decision = decisionOf(retryTask(view, 1, "Mind the gap."));
  return applied(view, settle(view, decision, rules));
}

function failedAgain(view: EpicView): EpicView {
  const state: TaskState = { state: "FAILED", reason: "Again." };
  return {
    ...view,
    tasks: [aTask(1, state)],
    agents: [anAgent("supervisor"), anAgent("worker/1", "FAILED")],
  };
}

test("a failed task begins again with its worker, who learns what to do differently (A4, L6)", () => {
  const decision = decisionOf(retryTask(failed, 1, "Mind the gap."));
  const whole = settle(failed, decision, rules);

  expect(decision.mail).toMatchObject([
    { to: "worker/1", body: expect.stringContaining("Mind the gap.") },
  ]);
  expect(decision.mail?.[0]?.body).toContain(`at your last commit ${sha(101).slice(0, 12)}`);
  expect(effectsOf(decision)).toEqual(["reopenTaskIssue", "setStateLabel"]);
  expect(whole.tasks).toMatchObject([{ state: "IN_PROGRESS", pullRequest: null }]);
  expect(effectsOf(whole)).toContain("startLife");
});

test("a task that fails again with the very same words says which attempt it was (A4, H7)", () => {
  const reason = "It crashed 3 times in a row";
  const said = [1, 2].map((attempts) => {
    const view = viewOf([aTask(1, { state: "IN_PROGRESS" }, { attempts })]);
    const worker = anAgent("worker/1");
    return (agentFailed(view, worker, { reason, lastScreen: "$" }).effects ?? []).flatMap((one) =>
      one.kind === "say" ? [renderMessage(one.message)] : [],
    );
  });

  expect(said[0]).toHaveLength(2);
  expect(said[0]?.join("\n")).not.toContain("attempt 1");
  for (const words of said[1] ?? []) expect(words).toContain("attempt 2");
});

test("what was submitted before is still not paid for twice (L9a)", () => {
  expect(refusalOf(submitTask(retried(failed), 1, "Done."))).toBe("unchanged");
});

test("a task is begun again twice and no more (A4)", () => {
  const twice = failedAgain(retried(failedAgain(retried(failed))));

  expect(refusalOf(retryTask(twice, 1, "Once more."))).toBe("too-often");
});

test("how often a task is begun again is the operator's to say, and told as it is (A4, O5)", () => {
  const once = failedAgain(retried(failed));

  expect(refusalOf(retryTask(once, 1, "Once more.", 1))).toBe("too-often");
  expect(retryTask(once, 1, "Once more.", 1)).toMatchObject({
    detail: expect.stringContaining("was begun again once already"),
  });
  expect(refusalOf(retryTask(failedAgain(retried(once)), 1, "Once more.", 3))).toBeNull();
});

test("only what failed is begun again, not what was cancelled or goes on (A4)", () => {
  const cancelled = viewOf([aTask(1, { state: "CANCELLED", reason: "Not wanted." })]);
  const working = viewOf([aTask(1, { state: "IN_PROGRESS" })]);

  expect(refusalOf(retryTask(cancelled, 1, "Why not."))).toBe("wrong-state");
  expect(refusalOf(retryTask(working, 1, "Why not."))).toBe("wrong-state");
  expect(refusalOf(retryTask(working, 9, "Why not."))).toBe("no-such-task");
});
