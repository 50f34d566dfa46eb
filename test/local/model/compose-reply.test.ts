import { expect, test } from "vitest";
import { composeReply } from "../../../src/local/model/compose-reply.ts";
import { messageRequestSchema } from "../../../src/local/model/message-request.ts";
import { validateScript } from "../../../src/local/model/parse-script.ts";
import { type Message, play, requestOf, shown, workerScript } from "./requests.ts";

const twoCalls = workerScript([
  {
    calls: [
      { tool: "look", input: { path: "a" } },
      { tool: "look", input: { path: "b" } },
    ],
  },
  { text: "seen", calls: [{ tool: "look" }] },
]);

test("what storing a conversation changes does not change the reply or its ids (A8)", () => {
  const { messages } = play(twoCalls, ["go", { results: ["1", "2"] }], ["look"]);
  const asSent = messages.slice(0, 3);
  const [first, assistant, results] = asSent;
  const calls = Array.isArray(assistant?.content) ? assistant.content : [];
  const stored: Message[] = [
    { role: "user", content: [{ text: "go", type: "text", cache_control: { type: "ephemeral" } }] },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "hm", signature: "x" },
        ...calls.map(({ id, input, name }) => ({
          id,
          name,
          input,
          type: "tool_use",
          caller: { type: "direct" },
        })),
      ],
    },
    ...(Array.isArray(results?.content)
      ? results.content.map((result) => ({ role: "user" as const, content: [result] }))
      : []),
  ];
  const reply = composeReply(twoCalls, requestOf(asSent, ["look"]));
  expect(first?.content).toBe("go");
  expect(shown([reply])).toEqual(["seen look({})"]);
  expect(composeReply(twoCalls, requestOf(stored, ["look"]))).toEqual(reply);
});

test("another word in the conversation gives other ids", () => {
  const ids = ["go", "Go"].map((word) => play(twoCalls, [word], ["look"]).replies[0]?.id);
  expect(ids[0]).not.toBe(ids[1]);
});

test("an expectation that is not met fails loudly, saying what was there instead", () => {
  const script = workerScript([
    { calls: [{ tool: "look" }] },
    {
      name: "check",
      text: "good",
      expect: {
        tool: "look",
        error: false,
        contains: "green",
        json: { "items.0.n": 2 },
        offers: "write",
        system: "kind",
      },
    },
  ]);
  const { replies } = play(script, ["go", { results: [{ items: [{ n: 1 }] }] }], ["look"]);
  expect(shown(replies)[1]).toBe(
    'SCRIPT EXPECTATION FAILED: worker: default: check: the last message: no "green" in it; the last message: json.items.0.n is 1, not equals 2; tool write is not offered; the system prompt has no "kind"',
  );
  expect(replies[1]?.stopReason).toBe("end_turn");
});

test("a tool that is not offered, a template without a value and a turn that says so fail loudly", () => {
  const script = workerScript([
    { calls: [{ tool: "push" }] },
    { text: "{{json.head}}" },
    { calls: [{ tool: "look", input: { n: "{{json.n | number}}" } }] },
    { fail: "nobody should come here" },
    { calls: [{ tool: "push", unchecked: true }] },
  ]);
  const { replies } = play(script, ["go", "1", "2", "3", "4"], ["look"]);
  expect(replies.map(({ failure }) => failure)).toEqual([
    "tool push is not offered, only look",
    "{{json.head}} has no value here",
    "calls[0].input: {{json.n | number}} has no value here",
    "nobody should come here",
    null,
  ]);
  expect(shown(replies)[4]).toBe("push({})");
});

test("tools of an MCP server are called by the name under which they are offered", () => {
  const script = workerScript([
    { calls: [{ tool: "report", input: { done: "it" } }] },
    { text: "reported", when: { tool: "report" } },
  ]);
  const { replies } = play(script, ["go", { results: ["ok"] }], ["Bash", "mcp__factory__report"]);
  expect(shown(replies)).toEqual(['mcp__factory__report({"done":"it"})', "reported"]);
});

test("the first message chooses the actor, the system prompt the role", () => {
  const script = validateScript({
    roles: {
      supervisor: { turns: [{ text: "I supervise." }] },
      worker: {
        actors: [
          { name: "plain", turns: [{ text: "any task" }] },
          { name: "form", task: "/task (?<n>\\d): form/i", turns: [{ text: "form {{vars.n}}" }] },
          { name: "list", task: "list", turns: [{ text: "list" }] },
        ],
      },
      orchestrator: { match: "You are in charge", turns: [{ text: "I orchestrate." }] },
    },
  });
  const answer = (system: string, first: string): unknown => {
    const messages = [{ role: "user", content: first }];
    const request = messageRequestSchema.parse({ model: "m", max_tokens: 9, system, messages });
    const { role, actor, content } = composeReply(script, request);
    return [role, actor, content.map((block) => (block.type === "text" ? block.text : null))[0]];
  };
  const worker = "Preface\n# Role: worker\nmore";
  expect(answer(worker, "Task 2: form")).toEqual(["worker", "form", "form 2"]);
  expect(answer(worker, "a list")).toEqual(["worker", "list", "list"]);
  expect(answer(worker, "else")).toEqual(["worker", "plain", "any task"]);
  expect(answer("# Role: supervisor", "x")).toEqual(["supervisor", "default", "I supervise."]);
  expect(answer("You are in charge.", "x")).toEqual(["orchestrator", "default", "I orchestrate."]);
  expect(answer("# Role: workers", "x")).toEqual([
    null,
    null,
    'SCRIPT EXPECTATION FAILED: the system prompt announces none of the script\'s roles (supervisor, worker, orchestrator): it needs a line "# Role: <name>"',
  ]);
});

test("thinking is given to those who asked for it", () => {
  const script = workerScript([{ think: "hm", text: "well" }]);
  const request = requestOf([{ role: "user", content: "go" }]);
  const thinking = { ...request, thinking: { type: "adaptive" } };
  expect(shown([composeReply(script, request), composeReply(script, thinking)])).toEqual([
    "well",
    "<hm> well",
  ]);
});
