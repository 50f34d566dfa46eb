import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { ask, type Started, start, worker } from "./start.ts";

const turns = [{ text: "a reply in some words", calls: [{ tool: "look", input: { path: "a" } }] }];

async function started(faults: readonly object[], rest: object = {}): Promise<Started> {
  return start({ script: worker(turns, { faults, ...rest }) });
}

function call({ client }: Started): Promise<unknown> {
  return client.messages.create(ask("go", ["look"])).catch((error: unknown) => error);
}

function stream({ client }: Started): Promise<unknown> {
  const request = client.messages.stream(ask("go", ["look"])).finalMessage();
  return request.catch((error: unknown) => error);
}

test.each([
  [429, Anthropic.RateLimitError, "rate_limit_error"],
  [500, Anthropic.InternalServerError, "api_error"],
  [529, Anthropic.InternalServerError, "overloaded_error"],
])("status %i strikes as often as it is told to", async (status, kind, type) => {
  const model = await started([{ kind: "status", status, times: 2, retryAfterSeconds: 7 }]);
  const [first, second, third] = [await call(model), await stream(model), await call(model)];
  expect(first).toBeInstanceOf(kind);
  expect(first).toMatchObject({ status, type });
  expect(first instanceof Anthropic.APIError && first.headers?.get("retry-after")).toBe("7");
  expect(second).toBeInstanceOf(kind);
  expect(third).toMatchObject({ stop_reason: "tool_use" });
});

test("the SDK's own retries get past a fault that passes", async () => {
  const faults = [{ kind: "status", status: 529, times: 2, retryAfterSeconds: 0 }];
  const model = await started(faults);
  const client = new Anthropic({ apiKey: "any", baseURL: model.url, maxRetries: 2 });
  await expect(client.messages.create(ask("go", ["look"]))).resolves.toMatchObject({
    stop_reason: "tool_use",
  });
});

test("a stream that is cut, or ends in an error, is an error of the client", async () => {
  const model = await started([
    { kind: "cut", afterEvents: 4 },
    { kind: "stream-error", afterEvents: 4 },
    { kind: "cut", afterEvents: 0 },
  ]);
  const [cut, failed, whole] = [await stream(model), await stream(model), await call(model)];
  expect(cut).toBeInstanceOf(Error);
  expect(failed).toMatchObject({ type: "overloaded_error" });
  expect(whole).toBeInstanceOf(Anthropic.APIConnectionError);
  expect(await stream(model)).toMatchObject({ stop_reason: "tool_use" });
  expect(model.calls().map(({ outcome, fault }) => [outcome, fault])).toEqual([
    ["faulted", "cut"],
    ["faulted", "stream-error"],
    ["faulted", "cut"],
    ["answered", null],
  ]);
});

test("a cut comes after exactly so many events, and breaks the connection", async () => {
  const { client } = await started([{ kind: "cut", afterEvents: 4 }]);
  const request = { ...ask("go", ["look"]), stream: true } as const;
  const { body } = await client.messages.create(request).asResponse();
  const decoder = new TextDecoder();
  let received = "";
  const reading = (async () => {
    for await (const chunk of body ?? []) received += decoder.decode(chunk);
  })();
  await expect(reading).rejects.toThrow("terminated");
  expect(received.match(/^event: /gm)).toHaveLength(4);
});

test("broken JSON is no reply, streamed, whole, or inside a tool's input", async () => {
  const model = await started([
    { kind: "invalid-json", times: 2 },
    { kind: "invalid-json", where: "input" },
  ]);
  expect(await stream(model)).toBeInstanceOf(Error);
  expect(await call(model)).toBeInstanceOf(Error);
  const response = await model.client.messages
    .create({ ...ask("go", ["look"]), stream: true })
    .asResponse();
  const input = [...(await response.text()).matchAll(/"partial_json":"(.*?)"\}/g)];
  expect(input.map(([, part]) => part)).toEqual([""]);
});

test("a slow stream waits before every chunk, and a client that leaves ends it", async () => {
  const model = await started([
    { kind: "slow", chunkMs: 5 },
    { kind: "slow", chunkMs: 60_000 },
  ]);
  const since = performance.now();
  expect(await stream(model)).toMatchObject({ stop_reason: "tool_use" });
  expect(performance.now() - since).toBeGreaterThan(50);
  const leaving = model.client.messages.stream(ask("go", ["look"]));
  leaving.on("connect", () => leaving.abort());
  await expect(leaving.finalMessage()).rejects.toThrow(Anthropic.APIUserAbortError);
  await expect.poll(() => model.calls().at(-1)?.outcome).toBe("aborted");
});

test("a reply that hangs keeps the client waiting", async () => {
  const model = await started([{ kind: "hang", hangMs: 60_000 }]);
  const client = new Anthropic({ apiKey: "a", baseURL: model.url, maxRetries: 0, timeout: 100 });
  await expect(client.messages.create(ask("go"))).rejects.toThrow(
    Anthropic.APIConnectionTimeoutError,
  );
  await expect.poll(() => model.calls().at(-1)?.outcome).toBe("aborted");
});

test("a fault strikes its role only, and lets as many calls pass as it is told to", async () => {
  const roles = {
    worker: { turns: [{ text: "w" }] },
    supervisor: { turns: [{ text: "s" }] },
  };
  const faults = [{ kind: "status", status: 500, role: "worker", after: 1, times: "many" }];
  const { client } = await start({ script: { roles, faults } });
  const status = async (role: string): Promise<number> => {
    const request = { ...ask("go"), system: `# Role: ${role}` };
    const { response } = await client.messages
      .create(request)
      .withResponse()
      .catch((error: unknown) => ({ response: { status: statusOf(error) } }));
    return response.status;
  };
  expect(await status("supervisor")).toBe(200);
  expect(await status("worker")).toBe(200);
  expect(await status("worker")).toBe(500);
  expect(await status("worker")).toBe(500);
  expect(await status("supervisor")).toBe(200);
});

function statusOf(error: unknown): number {
  return error instanceof Anthropic.APIError ? Number(error.status) : 0;
}

test("faults that go on know what struck before a restart, and begin anew otherwise (G3, R9)", async () => {
  const dataDir = temporaryFolder();
  const script = worker(turns, {
    faults: [
      { kind: "status", status: 529, times: 2 },
      { kind: "status", status: 500, after: 3 },
    ],
  });
  const first = await start({ script, dataDir });
  expect(await call(first)).toMatchObject({ status: 529 });
  await fetch(`${first.url}/v1/messages`, {
    method: "POST",
    headers: { "x-api-key": "any" },
    body: "{}",
  });
  expect(first.calls()).toHaveLength(2);
  await first.close();

  const second = await start({ script, dataDir, goesOn: true });
  expect(await call(second)).toMatchObject({ status: 529 });
  expect(await call(second)).toMatchObject({ stop_reason: "tool_use" });
  expect(await call(second)).toMatchObject({ status: 500 });
  const anew = await start({ script, dataDir });
  expect(await call(anew)).toMatchObject({ status: 529 });
});
