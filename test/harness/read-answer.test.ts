import type { ContentBlock, Message } from "@anthropic-ai/sdk/resources/messages";
import { expect, test } from "vitest";
import { readAnswer } from "../../src/harness/read-answer.ts";

const RULES = { usedIds: new Set(["old"]), turnBytes: 2_000_000, newId: () => "new" };

function read(
  blocks: readonly object[],
  { stop = "end_turn", wire = {} }: { stop?: string; wire?: Record<number, string> } = {},
  rules: Partial<typeof RULES> = {},
) {
  const message = {
    stop_reason: stop,
    // The cast: blocks as a model might send them, right and wrong.
    content: blocks as ContentBlock[],
  } as Message;
  const inputs = new Map(Object.entries(wire).map(([index, text]) => [Number(index), text]));
  return readAnswer({ message, inputs }, { ...RULES, ...rules }).content;
}

const use = (id: string, name = "shell") => ({ type: "tool_use", id, name, input: {} });

test("what a model says in order stays as it is (A8)", () => {
  const thinking = { type: "thinking", thinking: "hm", signature: "s" };
  const text = { type: "text", text: "I look.", citations: null };

  expect(read([thinking, text, use("t1")], { stop: "tool_use", wire: { 2: '{"a":1}' } })).toEqual([
    thinking,
    text,
    { ...use("t1"), input: { a: 1 } },
  ]);
});

test.each([
  ["nothing", []],
  ["blanks", [{ type: "text", text: " \n" }]],
] as const)(
  "an answer of %s says so, as the provider takes no empty turn (A8)",
  (_what, blocks) => {
    expect(read(blocks)).toEqual([{ type: "text", text: "(no answer)" }]);
  },
);

test("an answer of thoughts alone, or one that was refused, is none (A8)", () => {
  const thinking = { type: "thinking", thinking: "hm", signature: "s" };

  expect(read([thinking])).toEqual([thinking, { type: "text", text: "(no answer)" }]);
  expect(read([use("t1")], { stop: "refusal" })).toEqual([{ type: "text", text: "(no answer)" }]);
});

test.each(["max_tokens", "model_context_window_exceeded"])(
  "an answer that ends by %s has no calls, and says that it was cut off (A8)",
  (stop) => {
    expect(read([{ type: "text", text: "I" }, use("t1")], { stop })).toEqual([
      { type: "text", text: "I" },
      { type: "text", text: "(cut off here)" },
    ]);
  },
);

test.each([
  ['{"path": "a', /^is not valid JSON: \{"path"/],
  ["[1, 2]", /^must be a JSON object, not \[1, 2\]/],
  ['"src"', /^must be a JSON object, not "src"/],
  ["null", /^must be a JSON object/],
] as const)("an input of %s becomes an object that says what is wrong (A8)", (wire, why) => {
  expect(read([use("t1")], { stop: "tool_use", wire: { 0: wire } })).toEqual([
    { ...use("t1"), input: { unusable_input: expect.stringMatching(why) } },
  ]);
});

test("a call without any input has an empty one (A8)", () => {
  expect(read([use("t1")], { stop: "tool_use" })).toEqual([use("t1")]);
});

test("an id that was used before, or that is none, is given anew, so that no old result answers it (A8)", () => {
  const ids = ["a", "b", "c"];
  const newId = () => ids.shift() ?? "";
  const blocks = [use("t1"), use("t1"), use("old"), use("no id!")];

  expect(read(blocks, { stop: "tool_use" }, { newId })).toMatchObject([
    { id: "t1" },
    { id: "a" },
    { id: "b" },
    { id: "c" },
  ]);
});

test("a name that no tool could have is made one, so that the provider takes the turn back (A8)", () => {
  expect(read([use("t1", "rm -rf /"), use("t2", "")], { stop: "tool_use" })).toMatchObject([
    { name: "rm_-rf__" },
    { name: "unnamed" },
  ]);
});

test("ten calls at once are ten calls, and what is too large for a turn is shortened (A8)", () => {
  const calls = Array.from({ length: 10 }, (_, at) => use(`t${at}`));
  expect(read(calls, { stop: "tool_use" })).toHaveLength(10);

  const huge = { type: "text", text: "x".repeat(50_000) };
  const wire = { 1: JSON.stringify({ content: "y".repeat(50_000) }), 2: '{"a":1}' };
  const fitted = read(
    [huge, use("t1"), use("t2")],
    { stop: "tool_use", wire },
    { turnBytes: 20_000 },
  );

  expect(JSON.stringify(fitted).length).toBeLessThan(20_000);
  expect(fitted).toMatchObject([
    { text: expect.stringMatching(/^x{100,}.*characters left out/s) },
    {
      id: "t1",
      input: { unusable_input: expect.stringMatching(/has \d+ bytes, which is too much/) },
    },
    { id: "t2", input: { a: 1 } },
  ]);
});
