import type { MessageParam } from "@anthropic-ai/sdk/resources/messages";
import { expect, test } from "vitest";
import { type ModelAnswer, says, text, use } from "./fake-model.ts";
import { type Life, lastLine, live } from "./live-runner.ts";

/** Each about 1,000 tokens with its result. */
const step = (id: string, inputTokens?: number): ModelAnswer => ({
  ...says(
    use(id, "shell", { command: `seq ${id.slice(1)}00 ${id.slice(1)}50; # ${"x".repeat(2_500)}` }),
  ),
  ...(inputTokens === undefined ? {} : { inputTokens }),
});
const summary = says(text("Steps 1 to 3 are done."));
const done = says(text("Done."));
const small = { contextTokens: 20_000, compactKeepPercent: 5 };

type Question = {
  readonly system: unknown;
  readonly tools: unknown;
  readonly tool_choice?: unknown;
  readonly messages: readonly MessageParam[];
};

function questionsOf({ product }: Life): readonly Question[] {
  // The cast: what the runner asks, in the provider's shape.
  return product.bodiesOf("/v1/messages") as readonly Question[];
}

test("near the end of the window older turns become a summary, stored before the next question (A8)", async () => {
  const life = await live({
    limits: small,
    answers: [step("t1"), step("t2"), step("t3"), step("t4", 16_000), summary, done],
  });

  const { product, exitCode, screen } = life;
  expect(exitCode, screen).toBe(0);
  const [compaction] = product.compactions;
  expect(product.compactions).toEqual([
    {
      fromSeq: 7,
      summary: "Steps 1 to 3 are done.",
      tokensBefore: expect.any(Number),
      tokensAfter: expect.any(Number),
    },
  ]);
  expect(compaction?.tokensAfter).toBeLessThan((compaction?.tokensBefore ?? 0) / 2);
  expect(screen).toMatch(/compacted: about \d+ → \d+ tokens; the turns before 7 are a summary now/);
  const asked = questionsOf(life).at(-1);
  expect(asked?.messages).toMatchObject([
    { content: [{ text: "Do it." }, { text: expect.stringMatching(/own summary.*1 to 3 are/s) }] },
    { role: "assistant", content: [{ id: "t4" }] },
    { role: "user", content: [{ tool_use_id: "t4" }] },
  ]);
  expect([...product.turns.keys()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const paths = product.asked.map(({ path }) => path);
  expect(paths.lastIndexOf("/agent/compactions")).toBeLessThan(paths.lastIndexOf("/v1/messages"));
});

test("the question for a summary has the same prompt and tools, byte for byte, and lets none be called (A8, A9)", async () => {
  const life = await live({
    limits: small,
    answers: [step("t1"), step("t2"), step("t3", 16_000), summary, done],
  });

  const questions = questionsOf(life);
  const fixed = questions.map(({ system, tools }) => JSON.stringify({ system, tools }));
  expect(new Set(fixed).size).toBe(1);
  expect(questions.map(({ tool_choice }) => tool_choice ?? null)).toEqual([
    ...[null, null, null, { type: "none" }, null],
  ]);
  const [first, ...older] = questions[3]?.messages ?? [];
  expect(first).toMatchObject({ content: "Do it." });
  expect(older.at(-1)).toMatchObject({
    content: [{ type: "tool_result" }, { text: expect.stringContaining("window is nearly full") }],
  });
});

test("a next life begins from the summary, and goes on where the last one was (A8)", async () => {
  const call = use("t9", "git_commit", { message: "x" });
  const life = await live({
    start: {
      messages: [
        { role: "user", content: "Do it." },
        // The cast: a stored turn, in the shape the provider gave it.
        { role: "assistant", content: [call] as never },
      ],
      nextSeq: 32,
      compaction: { fromSeq: 31, summary: "Thirty turns of work." },
    },
    answers: [done],
  });

  expect(life.exitCode, life.screen).toBe(0);
  expect([...life.product.turns.keys()]).toEqual([32, 33]);
  expect(questionsOf(life)[0]?.messages).toMatchObject([
    { content: [{ text: "Do it." }, { text: expect.stringContaining("Thirty turns of work.") }] },
    { content: [{ id: "t9" }] },
    { content: [{ tool_use_id: "t9" }] },
  ]);
});

test("a life killed while it asks for a summary has lost nothing but that question (A8)", async () => {
  const before = [step("t1"), step("t2"), step("t3", 16_000)];
  const down = { kind: "status", status: 500 } as const;
  const first = await live({ limits: small, answers: [...before, down, down, down] });
  const stored = [...first.product.turns.values()];
  // The cast: turns as the runner stored them.
  const messages = [{ role: "user", content: "Do it." }, ...stored] as readonly MessageParam[];
  const limits = { ...small, contextTokens: 10_000, compactAtPercent: 20 };
  const next = await live({ limits, start: { messages, nextSeq: 7 }, answers: [summary, done] });

  expect(first.exitCode).toBe(4);
  expect(first.product.compactions).toEqual([]);
  expect(next.exitCode, next.screen).toBe(0);
  expect(next.product.compactions).toMatchObject([{ summary: "Steps 1 to 3 are done." }]);
  expect([...next.product.turns.keys()]).toEqual([7]);
});

test("a question refused as too long is compacted at once and asked again (A8)", async () => {
  const message = "prompt is too long: 210000 tokens > 200000 maximum";
  const tooLong = { kind: "status", status: 400, message } as const;
  const life = await live({ answers: [step("t1"), step("t2"), tooLong, summary, done] });

  expect(life.exitCode, life.screen).toBe(0);
  expect(life.product.compactions).toHaveLength(1);
});

test("a question for a summary that is too long itself is asked with less, and in the end not at all (A8)", async () => {
  const tooLong = { kind: "status", status: 413 } as const;
  const refusals = [1, 2, 3].map(() => tooLong);
  const life = await live({ answers: [step("t1"), step("t2"), tooLong, ...refusals, done] });

  expect(life.exitCode, life.screen).toBe(0);
  expect(life.product.compactions).toMatchObject([
    { summary: expect.stringContaining("No summary could be made") },
  ]);
});

test("a conversation that does not fit however short ends the life, and says so (A8)", async () => {
  const tooLong = { kind: "status", status: 413 } as const;
  const life = await live({ answers: [tooLong] });

  expect(life.exitCode).toBe(2);
  expect(lastLine(life.screen)).toContain("window is too small for this conversation");
});

test("one question refused for something else is not taken for one too long (A8)", async () => {
  const life = await live({
    answers: [step("t1"), { kind: "status", status: 400, message: "no" }],
  });

  expect(life.exitCode).toBe(2);
  expect(life.product.compactions).toEqual([]);
});
