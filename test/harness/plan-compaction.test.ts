import type { MessageParam } from "@anthropic-ai/sdk/resources/messages";
import { expect, test } from "vitest";
import { estimateTokens } from "../../src/harness/estimate-tokens.ts";
import { newestThatFit, planCompaction } from "../../src/harness/plan-compaction.ts";
import { opening, type Transcript } from "../../src/harness/transcript.ts";
import { callsOf, hasResults } from "../../src/harness/turn-parts.ts";
import { asks, callOf, mail, results } from "./turns.ts";

const FIRST = mail("Do it.");

/** So many pairs of a call and its result, each of about 100 tokens. */
function pairs(count: number, size = 100): readonly MessageParam[] {
  return Array.from({ length: count }, (_, at) => {
    const call = asks(callOf("shell", { command: `${at} ${"x".repeat(size * 3)}` }));
    return [call, results(call)];
  }).flat();
}

function talk(recent: readonly MessageParam[], fromSeq: number | null = null): Transcript {
  const compaction = fromSeq === null ? null : { fromSeq, summary: "It began." };
  return { first: FIRST, compaction, recent };
}

test("the newest turns that fit are kept, whole pairs of calls and results (A8)", () => {
  const recent = pairs(10);
  const plan = planCompaction(talk(recent), { keepTokens: 500, mostTokens: 0 });

  const keptFrom = (plan?.fromSeq ?? 0) - 1;
  const kept = recent.slice(keptFrom);
  expect(callsOf(kept[0] ?? FIRST)).toHaveLength(1);
  expect(kept.length).toBeGreaterThan(2);
  expect(estimateTokens(kept)).toBeLessThan(520);
  expect(plan?.older).toEqual([FIRST, ...recent.slice(0, keptFrom)]);
  expect(hasResults(plan?.older.at(-1) ?? FIRST)).toBe(true);
});

test("a second compaction counts from the first, and summarises its summary too (A8)", () => {
  const transcript = talk(pairs(10), 41);
  const plan = planCompaction(transcript, { keepTokens: 500, mostTokens: 0 });

  expect(plan?.fromSeq).toBeGreaterThan(41);
  expect((plan?.fromSeq ?? 0) % 2).toBe(1);
  expect(plan?.older[0]).toEqual(opening(transcript));
  expect(JSON.stringify(plan?.older[0])).toContain("It began.");
});

test("the last pair is kept even where it is larger, up to a bound, and then nothing is (A8)", () => {
  const recent = [...pairs(2), ...pairs(1, 5_000)];

  expect(planCompaction(talk(recent), { keepTokens: 500, mostTokens: 9_000 })?.fromSeq).toBe(5);
  expect(planCompaction(talk(recent), { keepTokens: 500, mostTokens: 900 })?.fromSeq).toBe(7);
});

test("what fits is left alone (A8)", () => {
  const budget = { keepTokens: 5_000, mostTokens: 5_000 };

  expect(planCompaction(talk(pairs(3)), budget)).toBeNull();
  expect(planCompaction(talk([]), { keepTokens: 0, mostTokens: 0 })).toBeNull();
});

test("a question for a summary that is too long itself leaves out the oldest turns, by pairs (A8)", () => {
  const messages = [FIRST, ...pairs(10)];
  const fitted = newestThatFit(messages, 500);

  expect(fitted[0]).toEqual(FIRST);
  expect(fitted[1]?.role).toBe("assistant");
  expect(fitted.at(-1)).toEqual(messages.at(-1));
  expect(estimateTokens(fitted)).toBeLessThan(520);
  expect(newestThatFit(messages, 100_000)).toEqual(messages);
  expect(newestThatFit(messages, 1)).toEqual([FIRST]);
});
