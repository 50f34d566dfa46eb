import fc from "fast-check";
import { expect, test } from "vitest";
import { checkRequest } from "../../src/gateway/check-request.ts";
import { builtInModels, modelIdOf } from "../../src/gateway/models.ts";
import { costOf, dearestCost } from "../../src/gateway/prices.ts";
import { noUsage } from "../../src/gateway/usage.ts";
import { createUsageMeter } from "../../src/gateway/usage-meter.ts";
import { end, events, question, start, text } from "./support/provider.ts";

const ofStream = {
  input: 100,
  output: 50,
  cacheRead: 1_000,
  cacheWrite5m: 200,
  cacheWrite1h: 100,
};

test("usage is the same wherever a stream is cut into chunks (G4)", () => {
  const bytes = Buffer.from(events(start, text, text, end));

  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
      const meter = createUsageMeter("text/event-stream");
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        meter.take(bytes.subarray(at, at + size));
        at += size;
      }
      expect(meter.usage()).toEqual(ofStream);
    }),
  );
});

test("usage of a stream that broke off is what it had said (G4)", () => {
  const meter = createUsageMeter("text/event-stream");

  meter.take(Buffer.from(events(start, text)));
  meter.take(Buffer.from('data: {"usage":'));

  expect(meter.usage()).toEqual({ ...ofStream, output: 1 });
});

test("a line of any length is passed over without being kept (G4)", () => {
  const meter = createUsageMeter("text/event-stream");
  const long = `data: {"usage":{"output_tokens":9},"text":"${"x".repeat(200_000)}"}\n\n`;

  meter.take(Buffer.from(long + events(end)));

  expect(meter.usage()).toEqual({ ...noUsage, output: 50 });
});

test("an answer that is neither JSON nor events has no usage (G4)", () => {
  const meter = createUsageMeter("text/html");

  meter.take(Buffer.from('{"usage":{"output_tokens":9}}'));

  expect(meter.usage()).toEqual(noUsage);
});

test("a call costs what the dated list says, by the length of its prompt (G4)", () => {
  const million = 1_000_000;
  const cost = (model: string, usage: object) =>
    costOf(model, { ...noUsage, ...usage }, builtInModels.prices);

  expect(cost("claude-opus-5-5", { input: million })).toBeCloseTo(4);
  expect(cost("claude-opus-5-5", { cacheWrite5m: million })).toBeCloseTo(5);
  expect(cost("claude-opus-5-5", { cacheWrite1h: million })).toBeCloseTo(8);
  expect(cost("claude-sonnet-5-5", { cacheRead: million })).toBeCloseTo(0.1);
  expect(cost("claude-haiku-4-5-20251001", { output: million })).toBeCloseTo(5);
  expect(cost("claude-haiku-5-5", { input: 100_000 })).toBeCloseTo(0.01);
  expect(cost("claude-haiku-5-5", { input: 50_000, cacheRead: 50_001 })).toBeCloseTo(0.0275, 4);
  expect(cost("model-of-tomorrow", { input: million })).toBeNull();
  expect(builtInModels.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
});

test("an alias is a model's full id, and an id is itself (A6)", () => {
  expect(modelIdOf("sonnet")).toBe("claude-sonnet-5-5");
  expect(modelIdOf("claude-opus-5")).toBe("claude-opus-5");
  expect(modelIdOf("toString")).toBe("toString");
});

test("what a provider would fetch or run for an agent is refused (S5)", () => {
  const source = { type: "url", url: "https://evil.example/?secret" };
  const image = { type: "image", source };
  const asked = (more: object) =>
    checkRequest({ ...question, ...more }, "model-w", ["model-w"], 16_000);
  const says = (content: unknown) => asked({ messages: [{ role: "user", content }] });

  expect(asked({ mcp_servers: [{ url: "https://evil.example" }] })).toMatchObject({ status: 403 });
  expect(asked({ container: "c" })).toMatchObject({ status: 403 });
  expect(asked({ tools: [{ type: "web_search_20250305" }] })).toMatchObject({ status: 403 });
  expect(asked({ tools: [{ type: "code_execution_20250825" }] })).toMatchObject({ status: 403 });
  expect(says([image])).toMatchObject({ status: 403 });
  expect(says([{ type: "tool_result", content: [image] }])).toMatchObject({ status: 403 });
});

test("an agent's own tools and data pass (G1)", () => {
  const allowed = {
    ...question,
    mcp_servers: [],
    tools: [
      { name: "git_commit", input_schema: {} },
      { type: "custom", name: "x" },
    ],
    messages: [
      { role: "system", content: "Be kind." },
      { role: "user", content: [{ type: "image", source: { type: "base64", data: "" } }] },
      { role: "assistant", content: [{ type: "tool_use", input: { source: { type: "url" } } }] },
    ],
  };

  expect(checkRequest(allowed, "model-w", ["model-w"], 16_000)).toBeNull();
});

test("a model without a price counts what the dearest one costs (G4, G5)", () => {
  const usage = { ...noUsage, input: 1_000_000, output: 1_000_000 };

  expect(dearestCost(usage, builtInModels.prices)).toBeCloseTo(60);
  expect(dearestCost(usage, {})).toBe(0);
});

test("fields that the provider may learn tomorrow, or that cost more, are refused by name (S5, G5)", () => {
  const asked = (more: object) =>
    checkRequest({ ...question, ...more }, "model-w", ["model-w"], 16_000);

  expect(asked({ web_access: true })?.message).toContain("web_access");
  expect(asked({ speed: "fast" })?.message).toContain("speed");
  expect(asked({ service_tier: "priority" })?.message).toContain("service_tier");
  expect(asked({ max_tokens: 16_000 })).toBeNull();
  expect(asked({ max_tokens: 16_001 })?.message).toBe("max_tokens: at most 16000, not 16001.");
  expect(asked({ max_tokens: -1 })?.message).toContain("max_tokens");
  expect(checkRequest(undefined, "model-w", ["model-w"], 16_000)?.message).toBe(
    "The body is not JSON, or nested too deep.",
  );
  expect(
    asked(Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`x${at}`, at]))),
  ).toMatchObject({
    status: 400,
    message: expect.stringMatching(/^.{1,1000}$/),
  });
});

test("a model that the operator took back is refused, though it is the agent's own (A6, G1)", () => {
  expect(checkRequest(question, "model-w", ["model-s"], 16_000)).toMatchObject({
    status: 403,
    message: expect.stringContaining("ALLOWED_MODELS"),
  });
});
