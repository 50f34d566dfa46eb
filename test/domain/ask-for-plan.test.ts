import { expect, test } from "vitest";
import { agentWaits } from "../../src/domain/decide-agent.ts";
import { askHuman, takeComment } from "../../src/domain/decide-question.ts";
import { applied } from "../../src/domain/decision.ts";
import type { Decision, EpicView } from "../../src/domain/epic-view.ts";
import { settle } from "../../src/domain/settle.ts";
import {
  anAgent,
  anEpic,
  anyBounds,
  decisionOf,
  effectsOf,
  person,
  planned,
  profilesOf,
  viewOf,
} from "../support/epic-view.ts";

const rules = { maxWorkers: 2, profiles: profilesOf("opus", "sonnet"), bounds: anyBounds };
const unplanned = anEpic({ state: "IN_PROGRESS" }, { planAccepted: false });
const planning = viewOf([], { epic: unplanned });

/** A decision with all that follows from it. */
function settled(view: EpicView, decision: Decision): Decision {
  return settle(view, decision, rules);
}

function restOf(view: EpicView): Decision {
  return settled(view, agentWaits(view, "supervisor", true));
}

/** The supervisor took its mail, did nothing, and rests again. */
function rested(view: EpicView): EpicView {
  return { ...view, unreadMail: [], agents: [anAgent("supervisor")] };
}

test("a supervisor that ends planning with no task is asked once more by mail (L5)", () => {
  const asked = restOf(planning);

  expect(asked.mail).toMatchObject([{ to: "supervisor", subject: "The plan is missing" }]);
  expect(asked.epic).toBeUndefined();
  expect(effectsOf(asked)).toEqual([]);
});

test("asked again in vain, the human is told and the epic waits for them (L5)", () => {
  const once = rested(applied(planning, restOf(planning)));
  const told = restOf(once);

  expect(told.mail).toEqual([]);
  expect(told.epic?.state).toBe("NEEDS_ANSWER");
  expect(told.effects).toContainEqual({
    kind: "say",
    thread: { on: "epic" },
    message: { kind: "planMissing", tasks: 0 },
  });
  expect(restOf(rested(applied(once, told)))).toMatchObject({ effects: [], mail: [] });
});

test("a plan that is never said to be done is asked for like one without tasks (L5)", () => {
  const view = { ...planning, tasks: [planned(1, { issueAsked: false, issueNumber: null })] };

  expect(restOf(view).mail).toMatchObject([{ body: expect.stringContaining("epic_plan_done") }]);
});

test("a comment goes on with an epic without a plan, and is told again where nothing comes (L5, L3)", () => {
  const waiting = {
    ...planning,
    epic: anEpic({ state: "NEEDS_ANSWER" }, { planAccepted: false }),
    agents: [anAgent("supervisor", "ASLEEP")],
    notices: ["supervisor asked again for its plan"],
  };
  const said = takeComment(waiting, { to: "supervisor", by: person, subject: "s", body: "Do it." });
  const whole = settled(waiting, said);

  expect(whole.epic?.state).toBe("IN_PROGRESS");
  expect(effectsOf(whole)).toContain("startLife");
  expect(restOf(rested(applied(waiting, whole))).epic?.state).toBe("NEEDS_ANSWER");
});

test("a supervisor that waits for an answer, or has mail to read, is not asked for its plan (L3, L5)", () => {
  const question = { context: "", questions: ["Which?"], agent: "supervisor-12" };
  const asked = decisionOf(askHuman(planning, question));
  const mail = { id: 1, to: "supervisor", from: { kind: "product" }, read: false } as const;
  const withMail = { ...planning, unreadMail: [{ ...mail, subject: "News", body: "News." }] };

  expect(restOf(applied(planning, asked)).mail).toEqual([]);
  expect(restOf(withMail).mail).toEqual([]);
});
