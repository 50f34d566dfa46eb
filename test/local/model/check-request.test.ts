import { expect, test } from "vitest";
import { brokenRule } from "../../../src/local/model/check-request.ts";
import {
  countRequestSchema,
  describeIssue,
  messageRequestSchema,
} from "../../../src/local/model/message-request.ts";
import { readRequest } from "../../../src/local/model/read-request.ts";
import { workerScript } from "./requests.ts";

const user = { role: "user", content: "go" };
const call = (...ids: string[]) => ({
  role: "assistant",
  content: ids.map((id) => ({ type: "tool_use", id, name: "look", input: {} })),
});
const result = (...ids: string[]) => ({
  role: "user",
  content: ids.map((id) => ({ type: "tool_result", tool_use_id: id, content: "ok" })),
});

function ruleBrokenBy(messages: readonly unknown[], rest: object = {}): string | null {
  return brokenRule(countRequestSchema.parse({ model: "m", messages, ...rest }));
}

test("conversations as clients have them break no rule", () => {
  const system = { role: "system", content: "be kind" };
  expect(ruleBrokenBy([system, user])).toBeNull();
  expect(ruleBrokenBy([user, call("a", "b"), result("b", "a"), user])).toBeNull();
  expect(ruleBrokenBy([user, call("a"), call("b"), result("a"), result("b")])).toBeNull();
  expect(ruleBrokenBy([user, call("a"), system, result("a")])).toBeNull();
});

test("calls and results must belong together", () => {
  const open = "`tool_use` ids were found without `tool_result` blocks immediately after";
  expect(ruleBrokenBy([user, call("a", "b"), result("a")])).toContain(`messages.1: ${open}: b.`);
  expect(ruleBrokenBy([user, call("a"), user, result("a")])).toContain(`messages.1: ${open}: a.`);
  expect(ruleBrokenBy([result("a")])).toContain("messages.0: unexpected `tool_use_id` found");
  expect(ruleBrokenBy([user, call("a"), result("a", "a")])).toContain("must have a single result");
  expect(ruleBrokenBy([user, call("a"), result("a"), call("a"), result("a")])).toBe(
    "messages.3: `tool_use` ids must be unique",
  );
});

test("a conversation begins and ends with the user, and no message is empty", () => {
  expect(ruleBrokenBy([call("a"), result("a")])).toContain(
    'first message must use the "user" role',
  );
  expect(ruleBrokenBy([user, { role: "assistant", content: "so" }])).toContain(
    "must end with a user message",
  );
  expect(ruleBrokenBy([{ role: "user", content: [] }])).toContain("messages.0: all messages must");
  expect(ruleBrokenBy([{ role: "user", content: [{ type: "text", text: "" }] }])).toContain(
    "text content blocks must be non-empty",
  );
});

test("tools have different names, and cache marks their number and order", () => {
  const mark = (ttl?: string) => ({
    type: "text",
    text: "x",
    cache_control: { type: "ephemeral", ...(ttl ? { ttl } : {}) },
  });
  const five = Array.from({ length: 5 }, () => mark());
  expect(ruleBrokenBy([user], { tools: [{ name: "a" }, { name: "a" }] })).toContain("unique");
  expect(ruleBrokenBy([{ role: "user", content: five }])).toContain("Found 5");
  expect(
    ruleBrokenBy([{ role: "user", content: [mark("1h")] }], { system: [mark("5m")] }),
  ).toContain("must not come after");
  expect(ruleBrokenBy([{ role: "user", content: [mark()] }], { system: [mark("1h")] })).toBeNull();
});

test.each([
  ["not json", "The request body is not valid JSON."],
  ["[]", "Invalid input: expected object, received array"],
  ['{"model":"m","messages":[]}', "max_tokens: Field required"],
  ['{"model":"m","max_tokens":1,"messages":[]}', "messages: at least one message is required"],
  [
    '{"model":"m","max_tokens":1,"messages":[{"role":"user","content":7}]}',
    "messages.0.content: Input should be a string or a list of blocks",
  ],
  [
    '{"model":"m","max_tokens":1,"messages":[{"role":"bot","content":"x"}]}',
    'messages.0.role: Invalid option: expected one of "user"|"assistant"|"system"',
  ],
  [
    '{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"tools":[{"name":"a b"}]}',
    "tools.0.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
  ],
])("the body %s is refused: %s", (body, message) => {
  const read = readRequest(body, messageRequestSchema, workerScript([{ text: "x" }]));
  expect(read).toMatchObject({ ok: false, error: { status: 400, message } });
});

test("an error without a place is described alone", () => {
  const { error } = messageRequestSchema.safeParse(null);
  expect(error && describeIssue(error)).toBe("Invalid input: expected object, received null");
});
