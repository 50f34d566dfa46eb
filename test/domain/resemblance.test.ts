import { expect, test } from "vitest";
import { resemblanceLimit, resembling } from "../../src/domain/resemblance.ts";
import { aTask, planned } from "../support/epic-view.ts";

const prices = { title: "Add prices", description: "Sum whole cents, refuse broken ones." };

test("the same words are the same task, whatever their case, order and punctuation (L7)", () => {
  const wanted = { title: "PRICES: add!", description: "Something else." };

  expect(resembling([planned(1, prices)], wanted)).toEqual({
    ...{ ordinal: 1, title: "Add prices", score: 1 },
  });
});

test("another title with the same description, or the other way round, is another task (L7)", () => {
  const tasks = [planned(1, prices)];

  expect(resembling(tasks, { ...prices, title: "Keep stock" })).toBeNull();
  expect(resembling(tasks, { title: "Add taxes", description: "By country." })).toBeNull();
});

test("of several that resemble it the closest is named, with its score (L7)", () => {
  const near = { title: "Add the prices for all", description: prices.description };
  const tasks = [planned(1, near), planned(2, { ...near, title: "Add prices for all" })];
  const found = resembling(tasks, { ...prices, title: "Add prices for all now" });

  expect(found?.ordinal).toBe(2);
  expect(found?.score).toBeGreaterThanOrEqual(resemblanceLimit);
});

test("a task that failed or was cancelled may be planned anew (L7)", () => {
  const ended = (["FAILED", "CANCELLED"] as const).map((state, index) =>
    aTask(index + 1, { state, reason: "No way." }, prices),
  );

  expect(resembling(ended, prices)).toBeNull();
});

test("words of every script count, and no words are no resemblance (L7)", () => {
  const tasks = [planned(1, { title: "価格を追加", description: "合計" })];

  expect(resembling(tasks, { title: "価格を追加", description: "" })?.score).toBe(1);
  expect(
    resembling([planned(1, { title: "!", description: "" })], { ...prices, title: "?" }),
  ).toBeNull();
});
