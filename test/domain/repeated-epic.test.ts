import { expect, test } from "vitest";
import { beginOrAsk, type EarlierEpic } from "../../src/domain/repeated-epic.ts";
import { anEpic, effectsOf, profileOf, viewOf } from "../support/epic-view.ts";

const words = { title: "Add a basket", body: "Customers collect items before they pay." };
const earlier: EarlierEpic = { issueNumber: 7, ...words, state: "COMPLETED" };
const view = viewOf([], {
  epic: anEpic({ state: "QUEUED" }, { ...words, title: "Add the basket" }),
  agents: [],
});

function begins(others: readonly EarlierEpic[], askPercent = 70, from = view): boolean {
  const decision = beginOrAsk(from, profileOf("sonnet"), { earlier: others, askPercent });
  expect(decision.questions?.length ?? 0).toBe(decision.epic ? 0 : 1);
  return effectsOf(decision).includes("createEpicBranch");
}

test("an epic like none before begins without a model (A12)", () => {
  expect(begins([])).toBe(true);
  expect(begins([{ ...earlier, title: "Show stock", body: "A list of what is there." }])).toBe(
    true,
  );
});

test("one that resembles what is done or under way is asked about, with both texts (A12)", () => {
  const asked = beginOrAsk(view, profileOf("sonnet"), { earlier: [earlier], askPercent: 70 });

  expect(begins([earlier])).toBe(false);
  expect(begins([{ ...earlier, state: "IN_PROGRESS" }])).toBe(false);
  expect(asked.questions?.[0]?.detail).toMatch(/^This epic resembles #7, which is COMPLETED/);
  expect(asked.questions?.[0]?.detail).toContain(words.body);
});

test.each(["FAILED", "CANCELLED"] as const)(
  "one that resembles what %s begins: asking for it again is plain (A12)",
  (state) => {
    expect(begins([{ ...earlier, state }])).toBe(true);
  },
);

test("the operator says from which likeness on, and may say never (A12)", () => {
  const same = { ...earlier, title: "Add the basket" };

  expect(begins([earlier], 90)).toBe(true);
  expect(begins([same], 100)).toBe(false);
  expect(begins([same], 101)).toBe(true);
});

test("it is asked about once: what people resume begins (A12)", () => {
  const question = { number: 1, kind: "repeatedEpic", task: null, detail: "Like #7." } as const;
  const answer = { choice: "ask", reason: "", by: "rules" } as const;
  const profile = profileOf("sonnet");

  expect(begins([earlier], 70, { ...view, questions: [{ ...question, answer }] })).toBe(true);
  const open = { ...view, questions: [{ ...question, answer: null }] };
  expect(beginOrAsk(open, profile, { earlier: [earlier], askPercent: 70 })).toEqual({});
});
