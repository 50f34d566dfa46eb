import { expect, test } from "vitest";
import { applyFacts } from "../../src/domain/apply-facts.ts";
import { createTask, planDone } from "../../src/domain/decide-plan.ts";
import { inTurn } from "../../src/domain/decision.ts";
import type { Decision, EpicView } from "../../src/domain/epic-view.ts";
import { decisionOf } from "../support/epic-view.ts";
import { type Hearing, issue, people, withWebhooks } from "./hear.ts";

// A person's word on a plan, which may have been written about another plan than the one that waits.

const wanted = { title: "Sell maps", description: "Maps.", acceptance: ["They sell."] };

async function begin({ hear, truth, store }: Hearing) {
  truth.issues.set(12, issue(12).snapshot);
  const { payload } = issue(12);
  await hear("issues", { action: "labeled", label: { name: "epic" }, issue: payload });
  const [epicId = 0] = await store.epics.openIds();
  const change = (decide: (view: EpicView) => Decision) =>
    store.epics.change(epicId, { what: "test", actor: null }, (view) => ({
      decision: decide(view),
      result: null,
    }));
  const plans = (view: EpicView) =>
    inTurn(view, [
      (now) => decisionOf(createTask(now, { ...wanted, dependsOn: [], insist: "another" })),
      (now) => decisionOf(planDone(now, "So.")),
    ]);
  return {
    plan: () => change(plans),
    shown: (revision: number, commentId: number) =>
      change((view) => applyFacts(view, [{ kind: "planShown", revision, commentId }])),
    say: (id: number, body: string) =>
      hear("issue_comment", {
        action: "created",
        issue: { number: 12 },
        comment: { id, body, user: people.ana },
      }),
    state: async () => (await store.epics.view(epicId)).epic.state,
  };
}

test("an approval of a plan that was redrawn meanwhile is no approval of the next one (L4, H7)", () =>
  withWebhooks(async (hearing) => {
    const { plan, shown, say, state } = await begin(hearing);
    await plan();
    await shown(1, 500);
    await say(501, "/ff deny split the maps");
    await plan();
    await say(502, "/ff approve");
    const unseen = await state();
    await shown(2, 504);
    // Written before the plan was there, heard after it.
    await say(503, "/ff approve");
    const late = await state();

    await say(505, "/ff approve");

    expect([unseen, late]).toEqual(["NEEDS_PLAN_APPROVAL", "NEEDS_PLAN_APPROVAL"]);
    expect(await state()).toBe("IN_PROGRESS");
  }, "ask"));
