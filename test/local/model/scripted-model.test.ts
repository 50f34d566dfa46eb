import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { startScriptedModel } from "../../../src/local/model/scripted-model.ts";
import { ask, start, worker } from "./start.ts";

const long = "Ünïcode 😀 ".repeat(200);
const speaking = worker([
  {
    think: "I think first.",
    text: long,
    calls: [
      { tool: "look", input: { path: "a", deep: { list: [1, null, "x"] } } },
      { tool: "look", input: {} },
    ],
  },
]);

test("a streamed reply and a whole one say the same, block by block (T1)", async () => {
  const { client } = await start({ script: speaking });
  const request = { ...ask("go", ["look"]), thinking: { type: "adaptive" } as const };
  const whole = await client.messages.create(request);
  const streamed = await client.messages.stream(request).finalMessage();
  expect(streamed.content).toEqual(whole.content);
  expect([streamed.id, streamed.stop_reason]).toEqual([whole.id, "tool_use"]);
  expect(whole.content.map((block) => block.type)).toEqual([
    "thinking",
    "text",
    "tool_use",
    "tool_use",
  ]);
  expect(whole.content[1]).toMatchObject({ text: long });
  expect(whole.content[2]).toMatchObject({
    name: "look",
    input: { path: "a", deep: { list: [1, null, "x"] } },
  });
});

test("the events of a stream come in the provider's order", async () => {
  const { client } = await start({ script: worker([{ text: "hi", calls: [{ tool: "look" }] }]) });
  const response = await client.messages
    .create({ ...ask("go", ["look"]), stream: true })
    .asResponse();
  const events = (await response.text()).matchAll(/^event: (.+)$/gm);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  expect([...events].map(([, name]) => name)).toEqual([
    "message_start",
    "ping",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "content_block_start",
    "content_block_delta",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
  ]);
});

test("a server started anew gives the same conversation the same turn and ids (A8)", async () => {
  const first = await start({ script: speaking });
  const before = await first.client.messages.create(ask("go", ["look"]));
  await first.close();
  const second = await start({ script: speaking });
  const after = await second.client.messages.create(ask("go", ["look"]));
  expect([after.id, after.content]).toEqual([before.id, before.content]);
});

test("a turn's delay is waited before the first byte", async () => {
  const { client, calls } = await start({ script: worker([{ text: "hi", delayMs: 60 }]) });
  await client.messages.stream(ask("go")).finalMessage();
  await expect.poll(() => calls()[0]?.seconds).toBeGreaterThan(0.05);
});

test("a key is asked for in either header, and checked where one was given", async () => {
  const { url, client } = await start({ script: speaking, key: "right" });
  const post = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${url}/v1/messages?beta=true`, {
      method: "POST",
      headers,
      body: JSON.stringify(ask("go", ["look"])),
    });
  const statuses = await Promise.all([
    post({ "x-api-key": "right", "anthropic-version": "2023-06-01" }),
    post({ authorization: "Bearer right" }),
    post({ "x-api-key": "wrong" }),
    post({}),
  ]);
  expect(statuses.map(({ status }) => status)).toEqual([200, 200, 401, 401]);
  const wrong = new Anthropic({ apiKey: "wrong", baseURL: url, maxRetries: 0 });
  await expect(wrong.messages.create(ask("go"))).rejects.toThrow(Anthropic.AuthenticationError);
  await expect(client.messages.create(ask("go", ["look"]))).resolves.toMatchObject({
    role: "assistant",
  });
});

test("every reply carries its request id and what is left of the limits", async () => {
  const limits = { requestsPerMinute: 2, inputTokensPerMinute: 1_000 };
  const { client } = await start({ script: worker([{ text: "hi" }], { limits }), now: () => 0 });
  const { response, request_id } = await client.messages.create(ask("go")).withResponse();
  expect(request_id).toMatch(/^req_/);
  expect(response.headers.get("anthropic-ratelimit-requests-limit")).toBe("2");
  expect(response.headers.get("anthropic-ratelimit-requests-remaining")).toBe("1");
  expect(response.headers.get("anthropic-ratelimit-requests-reset")).toBe(
    "1970-01-01T00:00:30.000Z",
  );
});

test("a limit that is used up is a 429 that says how long to wait", async () => {
  let nowMs = 0;
  const script = worker([{ text: "hi" }], { limits: { requestsPerMinute: 2 } });
  const { client } = await start({ script, now: () => nowMs });
  await client.messages.create(ask("1"));
  await client.messages.create(ask("2"));
  const refused = await client.messages.create(ask("3")).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Anthropic.RateLimitError);
  expect(refused).toMatchObject({ status: 429, type: "rate_limit_error" });
  expect(refused instanceof Anthropic.RateLimitError && refused.headers.get("retry-after")).toBe(
    "30",
  );
  nowMs = 30_000;
  await expect(client.messages.create(ask("3"))).resolves.toMatchObject({
    stop_reason: "end_turn",
  });
});

test("models are listed, and only those of a script that names them exist", async () => {
  const { client } = await start({ script: worker([{ text: "hi" }], { models: ["one", "two"] }) });
  const page = await client.models.list();
  expect(page.data.map(({ id }) => id)).toEqual(["one", "two"]);
  await expect(client.models.retrieve("three")).rejects.toThrow(Anthropic.NotFoundError);
  await expect(client.messages.create(ask("go"))).rejects.toThrow("model: claude-test");
  await expect(client.messages.create({ ...ask("go"), model: "two" })).resolves.toMatchObject({
    model: "two",
  });
});

test("tokens are counted for a prompt as they are for the call", async () => {
  const { client } = await start({ script: worker([{ text: "hi" }]) });
  const { max_tokens, ...prompt } = ask("word ".repeat(400), ["look"]);
  const { input_tokens } = await client.messages.countTokens(prompt);
  const { usage } = await client.messages.create({ ...prompt, max_tokens });
  expect(usage.input_tokens).toBe(input_tokens);
  expect(input_tokens).toBeGreaterThan(500);
});

test("unknown addresses are 404, bodies that are too large 413, and both are errors of the SDK", async () => {
  const { client } = await start({ script: worker([{ text: "hi" }]) });
  await expect(client.get("/v1/nothing")).rejects.toThrow(Anthropic.NotFoundError);
  const huge = client.messages.create(ask("x".repeat(33 * 1024 * 1024)));
  await expect(huge).rejects.toMatchObject({ status: 413 });
});

test("a port that is taken is named", async () => {
  const { url } = await start({ script: speaking });
  const port = Number(new URL(url).port);
  await expect(startScriptedModel({ script: speaking, port })).rejects.toThrow(
    `port ${port} on 127.0.0.1 is taken: choose another with --port`,
  );
});
