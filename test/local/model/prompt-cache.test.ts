import { expect, test } from "vitest";
import { type CountRequest, countRequestSchema } from "../../../src/local/model/message-request.ts";
import { createPromptCache, promptTokens } from "../../../src/local/model/prompt-cache.ts";

const minuteMs = 60_000;

type Mark = "5m" | "1h" | null;
const block = (text: string, mark: Mark = null) => ({
  type: "text",
  text,
  ...(mark ? { cache_control: { type: "ephemeral", ttl: mark } } : {}),
});
const bulk = (word: string): string => `${word} `.repeat(3_000);

function request(
  blocks: readonly { readonly text: string; readonly mark?: Mark }[],
  rest: object = {},
): CountRequest {
  const content = blocks.map(({ text, mark = null }) => block(text, mark));
  return countRequestSchema.parse({
    model: "m",
    messages: [{ role: "user", content }],
    ...rest,
  });
}

function clockedCache() {
  const clock = { nowMs: 0 };
  return { clock, cache: createPromptCache(() => clock.nowMs) };
}

test("a marked prefix is written once and read after that, wherever the mark moves on to (A9)", () => {
  const { cache } = clockedCache();
  const first = cache.account(request([{ text: bulk("a"), mark: "5m" }, { text: "tail" }]));
  const second = cache.account(
    request([{ text: bulk("a") }, { text: "tail" }, { text: bulk("b"), mark: "5m" }]),
  );
  expect(first.cache_read_input_tokens).toBe(0);
  expect(first.cache_creation_input_tokens).toBeGreaterThan(1_500);
  expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
  expect(second.cache_creation_input_tokens).toBeGreaterThan(1_500);
  expect(second.input_tokens).toBe(0);
});

test("read, written and plain tokens add up to the prompt", () => {
  const { cache } = clockedCache();
  const asked = request([
    { text: bulk("a"), mark: "1h" },
    { text: bulk("b"), mark: "5m" },
    { text: "c" },
  ]);
  for (let turn = 0; turn < 2; turn += 1) {
    const usage = cache.account(asked);
    expect(
      usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens,
    ).toBe(promptTokens(asked));
    expect(
      usage.cache_creation.ephemeral_1h_input_tokens +
        usage.cache_creation.ephemeral_5m_input_tokens,
    ).toBe(usage.cache_creation_input_tokens);
    expect(usage.cache_creation.ephemeral_1h_input_tokens > 0).toBe(turn === 0);
  }
});

test("a prefix under 1024 tokens is not cached", () => {
  const { cache } = clockedCache();
  const small = request([{ text: "small", mark: "5m" }]);
  cache.account(small);
  expect(cache.account(small)).toMatchObject({
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    input_tokens: promptTokens(small),
  });
});

test.each([
  ["5m", 5],
  ["1h", 60],
] as const)("a prefix marked %s lives %i minutes from its last use", (mark, minutes) => {
  const { clock, cache } = clockedCache();
  const asked = request([{ text: bulk("a"), mark }]);
  const isRead = (): boolean => cache.account(asked).cache_read_input_tokens > 0;
  expect(isRead()).toBe(false);
  clock.nowMs += minutes * minuteMs - 1;
  expect(isRead()).toBe(true);
  clock.nowMs += minutes * minuteMs - 1;
  expect(isRead()).toBe(true);
  clock.nowMs += minutes * minuteMs;
  expect(isRead()).toBe(false);
});

test("another byte before the mark, another model or another tool reads nothing (A9)", () => {
  const { cache } = clockedCache();
  const tools = [{ name: "look", input_schema: { type: "object" } }];
  const blocks = [{ text: bulk("a"), mark: "5m" as const }];
  cache.account(request(blocks, { tools }));
  const reads = [
    request([{ text: `${bulk("a")}.`, mark: "5m" }], { tools }),
    request(blocks, { tools, model: "other" }),
    request(blocks, { tools: [{ name: "read", input_schema: { type: "object" } }] }),
    request(blocks, { tools }),
  ].map((asked) => cache.account(asked).cache_read_input_tokens > 0);
  expect(reads).toEqual([false, false, false, true]);
});

test("what is cached is looked for at most twenty blocks before a mark", () => {
  const readAfter = (between: number): number => {
    const { cache } = clockedCache();
    const head = { text: bulk("a") };
    cache.account(request([{ ...head, mark: "5m" }]));
    const more = Array.from({ length: between }, (_, at) => ({ text: `block ${at}` }));
    return cache.account(request([head, ...more, { text: "end", mark: "5m" }]))
      .cache_read_input_tokens;
  };
  expect(readAfter(19)).toBeGreaterThan(0);
  expect(readAfter(20)).toBe(0);
});

test("a mark on the request stands on its last block", () => {
  const { cache } = clockedCache();
  const asked = request([{ text: bulk("a") }], { cache_control: { type: "ephemeral" } });
  cache.account(asked);
  expect(cache.account(asked)).toMatchObject({
    input_tokens: 0,
    cache_read_input_tokens: promptTokens(asked),
  });
});
