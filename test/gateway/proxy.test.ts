import { expect, test } from "vitest";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { upstreamKey } from "../http/support/web.ts";
import { status, stream } from "./support/answers.ts";
import {
  end,
  events,
  question,
  start,
  startGateway,
  startProvider,
  text,
} from "./support/provider.ts";

// 100 × 2 + 50 × 10 + 1000 × 0.10 + 200 × 2.50 + 100 × 4, per million.
const costOfStream = 0.0017;

test("a request goes on unchanged with the product's key, and its answer comes back whole (G1)", async () => {
  const provider = await startProvider([stream]);
  const { ask, worker } = await startGateway({ baseUrl: `${provider.url}/` });
  const body = { ...question, stream: true, metadata: { odd: "\u00e4 kept" } };

  const reply = await ask(body, {
    path: "/v1/messages?beta=true",
    headers: { "anthropic-version": "2023-06-01", "anthropic-beta": "x", cookie: "c=d" },
  });

  expect(reply.status).toBe(200);
  expect(await reply.text()).toBe(events(start, text, end));
  expect(reply.headers.get("request-id")).toBe("req_1");
  expect(reply.headers.get("set-cookie")).toBeNull();
  expect(provider.asked).toMatchObject([
    { path: "/v1/messages?beta=true", body: JSON.stringify(body) },
  ]);
  const headers = provider.asked[0]?.headers ?? {};
  expect(headers).toMatchObject({
    "x-api-key": upstreamKey,
    "anthropic-version": "2023-06-01",
    "anthropic-beta": "x",
  });
  expect(JSON.stringify(headers)).not.toContain(worker.token);
  expect(
    Object.keys(headers).filter((name) => /cookie|^authorization|^x-factory/.test(name)),
  ).toEqual([]);
});

test("an auth token goes on as a bearer (G1)", async () => {
  const provider = await startProvider([stream]);
  const { ask } = await startGateway({ baseUrl: provider.url, kind: "authToken" });

  await (await ask(question)).text();

  expect(provider.asked[0]?.headers.authorization).toBe(`Bearer ${upstreamKey}`);
  expect(provider.asked[0]?.headers["x-api-key"]).toBeUndefined();
});

test("a streamed call is booked with its tokens, cache, cost and latency (G4)", async () => {
  const provider = await startProvider([stream]);
  const { ask, recorded, web } = await startGateway({ baseUrl: provider.url });

  await (await ask(question)).text();

  await awaitFact(
    "the call is booked",
    () => recorded.length,
    (count) => count === 1,
  );
  expect(recorded[0]).toMatchObject({
    life: { agent: "worker/1", task: 1 },
    model: "model-w",
    status: 200,
    tokensIn: 100,
    tokensOut: 50,
    cacheRead: 1_000,
    cacheWritten: 300,
    cost: expect.closeTo(costOfStream, 10),
    latencyMs: expect.any(Number),
  });
  await awaitFact(
    "the database has it",
    () => web.store.modelCalls.byRole(),
    (roles) => roles.some((role) => role.role === "worker" && role.calls === 1),
  );
});

test("a call answered at once is booked like a streamed one (G4)", async () => {
  const provider = await startProvider([
    (res) => {
      res.writeHead(200, { "content-type": "application/json" });
      res.end(JSON.stringify({ id: "msg_1", usage: { input_tokens: 7, output_tokens: 3 } }));
    },
  ]);
  const { ask, recorded } = await startGateway({ baseUrl: provider.url });

  expect(await (await ask(question)).json()).toMatchObject({ id: "msg_1" });

  await awaitFact(
    "the call is booked",
    () => recorded.length,
    (count) => count === 1,
  );
  expect(recorded[0]).toMatchObject({ tokensIn: 7, tokensOut: 3, cacheRead: 0 });
});

test("an answer reaches the agent as it comes, and one left without an end costs what it may have (G4, G5)", async () => {
  const gone: string[] = [];
  const provider = await startProvider([
    (res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.write(events(start, text));
      res.on("close", () => gone.push("provider"));
    },
  ]);
  const { ask, recorded } = await startGateway({ baseUrl: provider.url, drainMs: 50 });
  const leaving = new AbortController();

  const reply = await ask(question, { signal: leaving.signal });
  const first = await reply.body?.getReader().read();
  leaving.abort();

  expect(new TextDecoder().decode(first?.value)).toContain("message_start");
  await awaitFact(
    "the call is booked",
    () => recorded.length,
    (count) => count === 1,
  );
  // Its prompt as it was said, its answer as long as it may get.
  const tokens = { tokensIn: 100, tokensOut: question.max_tokens, cacheRead: 1_000 };
  expect(recorded[0]).toMatchObject({ status: 200, ...tokens });
  await awaitFact(
    "nobody keeps the provider busy",
    () => gone.length,
    (count) => count === 1,
  );
});

test("a model that is not the role's, or a way to the network, goes nowhere (A6, S5)", async () => {
  const provider = await startProvider([stream]);
  const { ask, recorded, web } = await startGateway({ baseUrl: provider.url });

  const other = await ask({ ...question, model: "claude-opus-5-5" });
  const search = await ask({ ...question, tools: [{ type: "web_fetch_20250910", name: "f" }] });
  const broken = await ask({ model: "model-w" });

  expect([other.status, search.status, broken.status]).toEqual([403, 403, 400]);
  expect(await other.json()).toMatchObject({ type: "error", error: { type: "permission_error" } });
  expect(provider.asked).toEqual([]);
  expect(recorded).toEqual([]);
  expect(web.lines.filter((line) => line.event === "model.refused")).toHaveLength(3);
});

test("whoever is no life is refused in the provider's shape (G1, S10)", async () => {
  const provider = await startProvider([stream]);
  const { ask } = await startGateway({ baseUrl: provider.url });

  const reply = await ask(question, { headers: { authorization: "Bearer guessed" } });

  expect(reply.status).toBe(401);
  expect(await reply.json()).toMatchObject({ error: { type: "authentication_error" } });
  expect(provider.asked).toEqual([]);
});

test("a life's token may come as x-api-key (G1)", async () => {
  const provider = await startProvider([stream]);
  const { ask, worker } = await startGateway({ baseUrl: provider.url });

  const reply = await ask(question, { headers: { authorization: "", "x-api-key": worker.token } });

  expect(reply.status).toBe(200);
  expect(provider.asked[0]?.headers["x-api-key"]).toBe(upstreamKey);
});

test("counting tokens passes and is no model call (G1, G4)", async () => {
  const provider = await startProvider([
    (res) => {
      res.writeHead(200, { "content-type": "application/json" });
      res.end(JSON.stringify({ input_tokens: 7 }));
    },
  ]);
  const { ask, recorded } = await startGateway({ baseUrl: provider.url });

  const reply = await ask(question, { path: "/v1/messages/count_tokens" });

  expect(await reply.json()).toEqual({ input_tokens: 7 });
  expect(provider.asked[0]?.path).toBe("/v1/messages/count_tokens");
  expect(recorded).toEqual([]);
});

test("neither words nor keys reach the log (S5, O2)", async () => {
  const provider = await startProvider([status(529), (res) => res.destroy(), stream]);
  const { ask, web, worker } = await startGateway({ baseUrl: provider.url });

  await (await ask({ ...question, system: "canary words" })).text();

  const log = JSON.stringify(web.lines);
  for (const secret of ["canary", upstreamKey, worker.token]) expect(log).not.toContain(secret);
});
