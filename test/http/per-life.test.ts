import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import type { LifeIdentity } from "../../src/domain/agent.ts";
import { defaultBudgetLimits } from "../../src/domain/budget.ts";
import { cancelEpic, pauseEpic, resumeEpic } from "../../src/domain/decide-epic.ts";
import { builtInModels } from "../../src/gateway/models.ts";
import type { CallSize } from "../../src/gateway/reserve-call.ts";
import { createAdmitModelCall } from "../../src/http/admit-model-call.ts";
import { defaultPerLifeLimits, type PerLifeLimits } from "../../src/http/per-life.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import type { Store } from "../../src/ports/store.ts";
import {
  type Answer,
  end,
  events,
  question,
  start,
  startProvider,
  text,
} from "../gateway/support/provider.ts";
import { atWork } from "./support/epic-at-work.ts";
import { type Life, startWeb, type Web } from "./support/web.ts";

const mona = { id: 1, login: "mona" };
const stream: Answer = (res) => {
  res.writeHead(200, { "content-type": "text/event-stream" });
  res.end(events(start, text, end));
};

async function working(answers: readonly Answer[], limits: Partial<PerLifeLimits> = {}) {
  const provider = await startProvider(answers);
  const web = await startWeb(({ gateway, ...options }) => ({
    ...options,
    perLife: { ...defaultPerLifeLimits, ...limits },
    gateway: { ...gateway, upstream: { ...gateway.upstream, baseUrl: provider.url } },
  }));
  const { worker } = await atWork(web);
  const post = (path: string, body: object) =>
    web.request(worker, path, { method: "POST", body: JSON.stringify(body) });
  return { provider, web, worker, post, ask: () => post("/v1/messages", question) };
}

test("a life whose agent is paused or whose epic has ended gets no model (G1, S5)", async () => {
  const { provider, web, ask } = await working([stream]);

  await web.decide((view) => pauseEpic(view, { by: mona, reason: "lunch" }));
  const paused = await ask();
  await web.decide((view) => resumeEpic(view, { by: mona }));
  const resumed = await ask();
  await resumed.text();
  await web.decide((view) => cancelEpic(view, { by: mona, reason: "" }));
  const ended = await ask();

  expect(paused.status).toBe(403);
  expect(await paused.json()).toMatchObject({
    type: "error",
    error: { type: "permission_error", message: "You are PAUSED: end your turn now." },
  });
  expect(resumed.status).toBe(200);
  expect(ended.status).toBe(403);
  expect(JSON.stringify(await ended.json())).toContain("The epic has ended (CANCELLED)");
  expect(provider.asked).toHaveLength(1);
});

test("a life makes so many model calls and no more (G1, S5)", async () => {
  const { provider, ask } = await working([stream], { modelCalls: 2 });

  for (const _ of [1, 2]) await (await ask()).text();
  const third = await ask();

  expect(third.status).toBe(403);
  expect(JSON.stringify(await third.json())).toContain("at most 2 model calls");
  expect(provider.asked).toHaveLength(2);
});

test("a life has so many model calls under way at once, and the next when one is over (G1, S5)", async () => {
  const open: (() => void)[] = [];
  const held: Answer = (res, asked) => {
    open.push(() => stream(res, asked));
  };
  const { ask } = await working([held, stream], { modelCallsAtOnce: 1 });

  const first = ask();
  await awaitFact(
    "the provider has the first call",
    async () => open.length,
    (count) => count === 1,
  );
  const second = await ask();
  open[0]?.();
  await (await first).text();
  const third = await awaitFact("a call is let in again", ask, ({ status }) => status === 200);

  expect(second.status).toBe(429);
  expect(await second.json()).toMatchObject({ error: { type: "rate_limit_error" } });
  expect(third.status).toBe(200);
});

/** Lets calls in as a web process does that says nothing more of them. */
function webProcess(store: Store, limits: Partial<PerLifeLimits>, leaseMs = 60_000) {
  return createAdmitModelCall({
    ...store,
    limits: { ...defaultPerLifeLimits, ...limits },
    budgets: defaultBudgetLimits,
    booked: async () => {},
    newCallId: randomUUID,
    hold: () => () => {},
    leaseMs,
    models: builtInModels,
    contextTokens: () => 200_000,
  });
}

test("a call whose web process is gone bars its life no longer than its lease, and is booked at the most (G5)", async () => {
  const { web } = await working([stream]);
  const { epicId, store } = web;
  const life: LifeIdentity = { epicId, agent: "worker/1", role: "worker", task: 1, life: 1 };
  const size: CallSize = { bytes: 100, maxTokens: 10, cache: "none" };
  const few = { modelCallsAtOnce: 1 };
  const [dying, other] = [webProcess(store, few, 300), webProcess(store, few)];

  const lost = await dying(life, size);
  const barred = await other(life, size);
  const admitted = await awaitFact(
    "the lease is over",
    () => other(life, size),
    ({ kind }) => kind === "admitted",
  );

  if (lost.kind !== "admitted" || admitted.kind !== "admitted") throw new Error("it was refused");
  expect(barred).toMatchObject({ status: 429 });
  expect(admitted.standing.spent.attempt).toBeCloseTo(lost.reservation?.counted ?? 0, 6);
  expect(admitted.standing.calls).toEqual({ made: 1, underWay: 0 });
  const left = await store.modelCalls.left(0);
  expect(left.map(({ callId }) => callId)).toEqual([admitted.reservation?.callId]);
});

test("the calls of a life are counted together, whichever web process let them in (G1, S5)", async () => {
  const { web } = await working([stream]);
  const { epicId, store } = web;
  const life: LifeIdentity = { epicId, agent: "worker/1", role: "worker", task: 1, life: 1 };
  const size: CallSize = { bytes: 100, maxTokens: 10, cache: "none" };
  const few = { modelCallsAtOnce: 1, modelCalls: 2 };
  const [first, second] = [webProcess(store, few), webProcess(store, few)];

  const admitted = await first(life, size);
  const atOnce = await second(life, size);
  if (admitted.kind !== "admitted" || !admitted.reservation) throw new Error("it was refused");
  const calls = [admitted.reservation, { ...admitted.reservation, callId: randomUUID() }];
  for (const { likely: _, cachedTokens: __, ...call } of calls)
    await store.modelCalls.record({
      ...{ ...call, life, status: 200, latencyMs: 1, attempt: 1 },
      ...{ cacheRead: 0, cacheWritten: 0, cacheWritten1h: 0 },
    });
  const all = await second(life, size);

  expect(atOnce).toMatchObject({ status: 429, message: expect.stringContaining("1 model calls") });
  expect(all).toMatchObject({ status: 403, message: expect.stringContaining("at most 2 model") });
});

test("a turn of too many bytes, or one too many, is not stored (A8, S5)", async () => {
  const { web, post } = await working([stream], { turnBytes: 20, turns: 1 });
  const turn = (seq: number, content: string) => ({ seq, role: "assistant", content });

  const large = await post("/agent/turns", turn(0, "x".repeat(19)));
  const right = await post("/agent/turns", turn(0, "x".repeat(18)));
  const another = await post("/agent/turns", turn(1, "more"));

  expect([large.status, right.status, another.status]).toEqual([413, 204, 403]);
  expect(await web.store.conversations.turns(web.epicId, "worker/1")).toHaveLength(1);
});

/** A request that does not say how long it is, and goes on when the test says so. */
function slowRequest(web: Web, life: Life, begin: string) {
  let go: (more: string) => void = () => {};
  const body = new ReadableStream({
    start: (controller) => {
      go = (more) => {
        controller.enqueue(Buffer.from(more));
        controller.close();
      };
      controller.enqueue(Buffer.from(begin));
    },
  });
  const init = { method: "POST", body, duplex: "half" } as const;
  return { reply: web.request(life, "/v1/messages", init), end: (more = " ") => go(more) };
}

test("a body of unknown length takes the room of what has come of it, and none once it is read (G1, S5)", async () => {
  const { web, worker, ask, post } = await working([stream], { bodyBytes: 100_000 });

  const idle = slowRequest(web, worker, "{");
  const waits = post("/agent/wait", { idleMs: 60_000, x: "x".repeat(9_000) });
  await awaitFact(
    "the agent waits",
    () => web.store.conversations.waitedMs(web.epicId, "worker/1"),
    (waitedMs) => waitedMs > 0,
  );
  const large = await post("/agent/turns", { x: "x".repeat(95_000) });
  const model = await ask();
  await model.text();
  const half = slowRequest(web, worker, `{"x":"${"x".repeat(60_000)}`);
  const full = await awaitFact(
    "half of the room is taken",
    () => post("/agent/turns", { x: "x".repeat(50_000) }),
    ({ status }) => status === 429,
  );
  idle.end("x".repeat(60_000));
  const grown = await idle.reply;
  half.end();
  const halved = await half.reply;
  await web.decide((view) => pauseEpic(view, { by: mona, reason: "lunch" }));

  expect([large.status, model.status, full.status]).toEqual([400, 200, 429]);
  expect(grown.status).toBe(429);
  expect(await grown.json()).toMatchObject({ error: { type: "rate_limit_error" } });
  expect(halved.status).toBe(400);
  expect((await waits).status).toBe(200);
});

test("a cell that sends many large bodies at once fills no memory: what has no room goes unread (G1, S5)", async () => {
  const { web, worker, provider } = await working([stream], { bodyBytes: 1_000_000 });
  const first = slowRequest(web, worker, `{"x":"${"x".repeat(999_990)}`);
  const second = await awaitFact(
    "the first one is being read",
    () => web.request(worker, "/agent/turns", { method: "POST", body: "x".repeat(500_000) }),
    ({ status }) => status === 429,
  );

  const asked = await web.request(worker, "/v1/messages", {
    ...{ method: "POST", body: JSON.stringify(question) },
  });
  first.end();
  const broken = await first.reply;
  const after = await web.request(worker, "/v1/messages", {
    ...{ method: "POST", body: JSON.stringify(question) },
  });
  await after.text();

  expect(await second.json()).toMatchObject({ error: "noRoom" });
  expect(asked.status).toBe(429);
  expect(await asked.json()).toMatchObject({ error: { type: "rate_limit_error" } });
  expect([broken.status, after.status]).toEqual([400, 200]);
  expect(provider.asked).toHaveLength(1);
});
