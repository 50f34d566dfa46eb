import { APIError } from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { isTooLong } from "../../src/harness/model.ts";

function refused(status: number, message: string): APIError {
  const body = { type: "error", error: { type: "invalid_request_error", message } };
  return APIError.generate(status, body, message, new Headers());
}

test.each([
  [400, "prompt is too long: 208310 tokens > 200000 maximum", true],
  [400, "input length and `max_tokens` exceed context limit: 190000 + 16000 > 200000", true],
  [413, "Request exceeds the maximum size", true],
  [400, "messages.3: `tool_use` ids must be unique", false],
  [429, "This request would exceed your organization's rate limit", false],
  [403, "This agent may use model-w", false],
])("a %i that says %j is too long: %s (A8)", (status, message, isIt) => {
  expect(isTooLong(refused(status, message))).toBe(isIt);
});

test("what is no answer of the provider is not too long (A8)", () => {
  expect(isTooLong(new Error("prompt is too long"))).toBe(false);
});
