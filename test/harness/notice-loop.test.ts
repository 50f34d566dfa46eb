import type { MessageParam } from "@anthropic-ai/sdk/resources/messages";
import { expect, test } from "vitest";
import { type Loop, noticeLoop } from "../../src/harness/notice-loop.ts";
import { answered, answers, asks, callOf, mail, results } from "./turns.ts";

const LIMITS = { sameCallTimes: 3, wrongCallTimes: 3, emptyAnswerTimes: 3 };
const TOOLS = new Set(["shell", "read_file", "edit_file"]);
const NO_ANSWER = answers("(no answer)");
const TOLD = mail("[runner] Your last answer was empty.");

const notice = (turns: readonly MessageParam[]): Loop => noticeLoop(turns, TOOLS, LIMITS);
const shell = (command: string): MessageParam => asks(callOf("shell", { command }));
const read = (path: string): MessageParam => asks(callOf("read_file", { path }));
const edit = (path: string): MessageParam => asks(callOf("edit_file", { path }));

test.each([
  ["nothing yet", [shell("a")]],
  ["the same call twice", answered([shell("a"), shell("a")])],
  ["the same call again after another", answered([shell("a"), shell("a"), edit("b"), shell("a")])],
  ["the same tool with other inputs", answered([shell("a"), shell("b"), shell("c")])],
  ["two calls in turn, twice", answered([shell("a"), edit("b"), shell("a"), edit("b")])],
  [
    "work that goes on between tests",
    answered([edit("a"), shell("test"), edit("b"), shell("test"), edit("c"), shell("test")]),
  ],
  ["a tool that does not exist, twice", answered([asks(callOf("fly")), asks(callOf("fly"))])],
  ["an empty answer", [NO_ANSWER]],
  ["an end of turn", [answers("Done.")]],
] as const)("%s is no loop (A8)", (_what, turns) => {
  expect(notice(turns)).toEqual({ kind: "none" });
});

test.each([
  ["the same call", answered([shell("a"), shell("a"), shell("a")]), /the same call 3 times in a/],
  [
    "the same call with its keys in another order",
    answered([
      asks(callOf("shell", { command: "a", limit: { a: 1, b: [2] } })),
      asks(callOf("shell", { limit: { b: [2], a: 1 }, command: "a" })),
      asks(callOf("shell", { command: "a", limit: { a: 1, b: [2] } })),
    ]),
    /the same call 3 times/,
  ],
  [
    "the same call in one answer",
    [asks(callOf("shell", {}), callOf("shell", {}), callOf("shell", {}))],
    /the same call 3 times/,
  ],
  [
    "two calls in turn",
    answered([shell("a"), read("b"), shell("a"), read("b"), shell("a"), read("b")]),
    /the same calls 3 times in a row: shell \{"command":"a"\}, read_file/,
  ],
  [
    "three calls in turn",
    answered([1, 2, 3].flatMap(() => [shell("a"), read("b"), edit("c")])),
    /the same calls 3 times/,
  ],
  [
    "tools that do not exist",
    answered([asks(callOf("fly")), asks(callOf("swim")), asks(callOf("fly"))]),
    /3 answers in a row called what no tool can take \(fly, swim\)/,
  ],
  [
    "inputs that are none, of a tool that exists",
    answered([1, 2, 3].map((n) => asks(callOf("shell", { unusable_input: `is not JSON: ${n}` })))),
    /what no tool can take \(shell\)/,
  ],
] as const)("%s, three times over, is told once (A8)", (_what, turns, words) => {
  expect(notice(turns)).toEqual({ kind: "nudge", text: expect.stringMatching(words) });
});

test("who was told and goes on ends for the same reason; who does something else does not (A8)", () => {
  const third = shell("a");
  const before = answered([shell("a"), shell("a"), third]);
  const nudge = notice(before);
  const told = [...before, results(third, nudge.kind === "nudge" ? nudge.text : "")];

  expect(notice([...told, shell("a")])).toEqual({
    kind: "end",
    reason: 'the same call 4 times in a row: shell {"command":"a"}',
  });
  expect(notice([...told, shell("b")])).toEqual({ kind: "none" });
  expect(notice([...told, ...answered([shell("b"), shell("b"), shell("b")])])).toMatchObject({
    kind: "end",
  });
});

test("mail is news: what was repeated before it does not count, nor that it was told (A8)", () => {
  const third = shell("a");
  const before = answered([shell("a"), shell("a"), third]);
  const nudge = notice(before);
  const told = results(third, nudge.kind === "nudge" ? nudge.text : "");
  const news = [...before, told, answers("I wait."), mail("[mail from the supervisor] Again.")];

  expect(notice([...news, shell("a")])).toEqual({ kind: "none" });
  expect(notice([...news, ...answered([shell("a"), shell("a"), shell("a")])])).toMatchObject({
    kind: "nudge",
  });
});

test.each([
  ["empty", NO_ANSWER],
  ["cut off", answers("(cut off here)")],
] as const)("answers that are %s are told each time, and the third ends it (A8)", (_what, none) => {
  expect(notice([none, TOLD, none])).toEqual({ kind: "none" });
  expect(notice([none, TOLD, none, TOLD, none])).toEqual({
    kind: "end",
    reason: "its answers were empty or cut off 3 times in a row",
  });
  expect(notice([none, TOLD, none, TOLD, shell("a"), results(shell("a")), none])).toEqual({
    kind: "none",
  });
});

test("a long call is shown by its beginning and compared as a whole (A8)", () => {
  const long = (end: string): MessageParam => shell(`${"x".repeat(5_000)}${end}`);

  expect(notice(answered([long("1"), long("2"), long("3")]))).toEqual({ kind: "none" });
  const found = notice(answered([long("1"), long("1"), long("1")]));
  expect(found.kind === "nudge" ? found.text.length : 0).toBeLessThan(600);
});

test("how often is what an operator set (A8)", () => {
  const patient = { sameCallTimes: 5, wrongCallTimes: 5, emptyAnswerTimes: 5 };
  const four = answered([1, 2, 3, 4].map(() => shell("a")));

  expect(noticeLoop(four, TOOLS, patient)).toEqual({ kind: "none" });
  expect(noticeLoop([...four, results(shell("a")), shell("a")], TOOLS, patient)).toMatchObject({
    kind: "nudge",
  });
});
