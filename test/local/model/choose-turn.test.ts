import fc from "fast-check";
import { expect, test } from "vitest";
import { composeReply } from "../../../src/local/model/compose-reply.ts";
import { type Message, play, requestOf, type Say, shown, workerScript } from "./requests.ts";

test("turns without conditions are taken in order, then the script waits", () => {
  const script = workerScript([{ text: "one" }, { text: "two", times: 2 }]);
  const { replies } = play(script, ["go", "more", "more", "more"]);
  expect(shown(replies)).toEqual(["one", "two", "two", "Waiting."]);
  expect(replies.map(({ turn }) => turn)).toEqual(["0", "1", "1", "otherwise"]);
});

test("the first turn that is left and whose conditions hold wins", () => {
  const script = workerScript([
    { text: "stop seen", when: { contains: "stop" }, times: "many" },
    { text: "first" },
    { text: "then", times: "many" },
  ]);
  const { replies } = play(script, ["go", "stop", "go on", "please stop", "go on"]);
  expect(shown(replies)).toEqual(["first", "stop seen", "then", "stop seen", "then"]);
});

test("captures and results fill inputs, and what is saved stays for the conversation", () => {
  const script = workerScript([
    {
      when: { matches: "task (?<task>\\d+) at (?<head>\\w+)" },
      save: { task: "{{task | number}}", pair: ["{{task}}", "{{vars.task}}"] },
      calls: [{ tool: "read", input: { task: "{{vars.task}}", note: "at {{head}}" } }],
    },
    {
      when: { tool: "read" },
      calls: [{ tool: "approve", input: { task: "{{vars.task}}", head: "{{json.diff.0.head}}" } }],
    },
    { text: "approved {{vars.pair.0}}, {{vars.pair | json}}" },
  ]);
  const { replies } = play(
    script,
    ["[mail] task 7 at abc", { results: [{ diff: [{ head: "def" }] }] }, { results: ["ok"] }],
    ["read", "approve"],
  );
  expect(shown(replies)).toEqual([
    'read({"task":7,"note":"at abc"})',
    'approve({"task":7,"head":"def"})',
    'approved 7, ["7",7]',
  ]);
});

test("conditions on what was saved, and on what is absent, choose too", () => {
  const script = workerScript([
    { text: "loud", when: { contains: "go", absent: ["quietly", "softly"] }, times: "many" },
    { text: "again", when: { vars: { seen: 1 } }, times: "many" },
    { text: "first", when: { vars: { seen: { exists: false } } }, save: { seen: 1 } },
  ]);
  const { replies } = play(script, ["go quietly", "go", "go softly"]);
  expect(shown(replies)).toEqual(["first", "loud", "again"]);
});

test("neighbouring messages of the user are one, and messages of role system are not among them", () => {
  const script = workerScript([
    { text: "both", when: { contains: ["one", "two"], absent: "three" } },
  ]);
  const messages: Message[] = [
    { role: "system", content: "three" },
    { role: "user", content: "one" },
    { role: "user", content: [{ type: "text", text: "two" }] },
  ];
  expect(shown([composeReply(script, requestOf(messages))])).toEqual(["both"]);
});

test("mail that comes together with results is seen beside them", () => {
  const script = workerScript([
    { calls: [{ tool: "look" }] },
    { text: "mail and result", when: { tool: "look", contains: "[mail]", woken: false } },
  ]);
  const { replies } = play(
    script,
    ["go", { results: ["seen"], mail: "[mail] task 2 was submitted" }],
    ["look"],
  );
  expect(shown(replies)[1]).toBe("mail and result");
});

test("conversations that need more turns than the script allows end with a failure", () => {
  const script = workerScript([{ text: "again", times: "many" }], { maxTurns: 2 });
  const { replies } = play(script, ["1", "2", "3"]);
  expect(replies.map(({ failure }) => failure)).toEqual([
    null,
    null,
    "the conversation has more than maxTurns (2) turns",
  ]);
});

const words = fc.constantFrom("go", "stop", "task 1", "task 22", "[mail] x", "nothing");
const says: fc.Arbitrary<Say> = fc.oneof(
  words,
  fc.record({ results: fc.array(fc.oneof(words, fc.record({ n: fc.nat(3) })), { minLength: 2 }) }),
);
const turns = fc.array(
  fc.record(
    {
      text: fc.constantFrom("a", "b", "c"),
      calls: fc.constantFrom([{ tool: "read" }], [{ tool: "read" }, { tool: "look" }]),
      when: fc.record(
        {
          contains: fc.constantFrom("go", "task"),
          matches: fc.constant("task (?<n>\\d+)"),
          woken: fc.boolean(),
          tool: fc.constantFrom("read", "look"),
          json: fc.constant({ n: { exists: true } }),
        },
        { requiredKeys: [] },
      ),
      times: fc.constantFrom(1, 2, "many"),
      save: fc.constantFrom({ n: "{{json.n}}" }, { n: 1 }, { n: [2] }),
    },
    { requiredKeys: ["text", "when"] },
  ),
  { minLength: 1, maxLength: 6 },
);

test("the same conversation gives the same reply, whoever asks and whenever (A8)", () => {
  fc.assert(
    fc.property(turns, fc.array(says, { minLength: 1, maxLength: 12 }), (scripted, said) => {
      const { replies, messages } = play(workerScript(scripted), said, ["read", "look"]);
      const restarted = workerScript(structuredClone(scripted));
      for (const [at, reply] of replies.entries()) {
        const prefix: Message[] = structuredClone(messages.slice(0, at * 2 + 1));
        expect(composeReply(restarted, requestOf(prefix, ["read", "look"]))).toEqual(reply);
      }
    }),
    { numRuns: 150 },
  );
});

test("no two calls of a conversation have the same id (A8)", () => {
  fc.assert(
    fc.property(turns, fc.array(says, { minLength: 1, maxLength: 12 }), (scripted, said) => {
      const { replies } = play(workerScript(scripted), said, ["read", "look"]);
      const ids = replies.flatMap(({ content }) =>
        content.flatMap((block) => (block.type === "tool_use" ? block.id : [])),
      );
      expect(new Set(ids).size).toBe(ids.length);
    }),
    { numRuns: 150 },
  );
});
