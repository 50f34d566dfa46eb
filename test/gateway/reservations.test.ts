import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../src/adapters/postgres/database.ts";
import { builtInModels } from "../../src/gateway/models.ts";
import { priced } from "../../src/gateway/prices.ts";
import { noSetLimits } from "../../src/gateway/rate-windows.ts";
import { createModelWatch } from "../../src/gateway/watch-models.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { PortError } from "../../src/lib/port-error.ts";
import { atWork } from "../http/support/epic-at-work.ts";
import { post } from "../http/support/post.ts";
import { startWeb } from "../http/support/web.ts";
import { stream } from "./support/answers.ts";
import {
  type Answer,
  end,
  events,
  question,
  start,
  startGateway,
  startProvider,
  type TestSettings,
  text,
} from "./support/provider.ts";

// 1.7 dollars are what a streamed answer costs, one and a little more what a question may.
const models = { ...builtInModels, prices: { "model-w": priced(2_000, 10_000, 100) } };

/** Answers when the test says so. */
function later(answer: Answer) {
  const release: (() => void)[] = [];
  const held: Answer = (res, asked) => void release.push(() => answer(res, asked));
  return { held, release };
}

async function dear(answers: readonly Answer[], settings: Omit<TestSettings, "baseUrl"> = {}) {
  const provider = await startProvider(answers);
  const gateway = await startGateway({ ...settings, baseUrl: provider.url, models });
  const bookings = async (count: number) => {
    await awaitFact(
      "the calls are booked",
      () => gateway.recorded.length,
      (booked) => booked === count,
    );
    return gateway.recorded;
  };
  const asked = (count: number) =>
    awaitFact(
      "the provider is asked",
      () => provider.asked.length,
      (seen) => seen === count,
    );
  return { ...gateway, provider, bookings, asked };
}

test("an answer whose client left before it began is read on and booked as it is (G4, G5)", async () => {
  const { held, release } = later((res) => {
    res.writeHead(200, { "content-type": "application/json" });
    res.end(JSON.stringify({ usage: { input_tokens: 100_000, output_tokens: 90 } }));
  });
  const { ask, asked, bookings } = await dear([held]);
  const leaving = new AbortController();
  const left = ask(question, { signal: leaving.signal }).catch(() => "left");

  await asked(1);
  leaving.abort();
  expect(await left).toBe("left");
  release[0]?.();

  expect(await bookings(1)).toMatchObject([{ status: 200, tokensIn: 100_000, tokensOut: 90 }]);
});

test("a stream whose client left in its middle is read on and booked as it ends (G4, G5)", async () => {
  const release: (() => void)[] = [];
  const { ask, bookings } = await dear([
    (res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.write(events(start, text));
      release.push(() => res.end(events(text, end)));
    },
  ]);
  const leaving = new AbortController();

  const reply = await ask(question, { signal: leaving.signal });
  await reply.body?.getReader().read();
  leaving.abort();
  release[0]?.();

  expect(await bookings(1)).toMatchObject([{ tokensIn: 100, tokensOut: 50, cost: 1.7 }]);
});

test("an answer that did not begin in time costs what it may have (G5)", async () => {
  const limits = { firstByteMs: 50, attempts: 1 };
  const { ask, bookings } = await dear([() => {}], { limits });

  const reply = await ask(question);
  await reply.text();

  expect(reply.status).toBe(504);
  expect(await bookings(1)).toMatchObject([{ status: 504, tokensOut: 100 }]);
});

test("calls at once do not spend the same rest of a budget, and the agent need not rest for it (G5)", async () => {
  const { held, release } = later(stream);
  const { ask, asked, provider, bookings, web } = await dear([held], { budgets: { task: 1 } });
  const first = ask(question);
  await asked(1);

  const second = await ask(question);
  const error = await second.json();
  release[0]?.();
  await (await first).text();
  await bookings(1);

  expect(second.status).toBe(429);
  expect(second.headers.get("x-factory-hold")).toBeNull();
  expect(error).toMatchObject({
    error: {
      message:
        "Calls under way may use up the rest of the task budget ($1.00): wait for one to end.",
    },
  });
  expect(provider.asked).toHaveLength(1);
  const view = await web.store.epics.view(web.epicId);
  expect(view.agents.find(({ key }) => key === "worker/1")?.budgetHold).toBeNull();
  expect((await ask(question)).status).toBe(403);
});

test("of calls that come in the same moment one is let in where there is room for one (G5)", async () => {
  const { held, release } = later(stream);
  const { ask, bookings, provider } = await dear([held], { budgets: { task: 1 } });
  const statuses: number[] = [];
  const all = [1, 2, 3, 4].map(async () => {
    const reply = await ask(question);
    statuses.push(reply.status);
    await reply.text();
  });

  await awaitFact(
    "the others are answered",
    () => statuses.length,
    (count) => count === 3,
  );
  release[0]?.();
  await Promise.all(all);
  await bookings(1);

  expect(statuses).toEqual([429, 429, 429, 200]);
  expect(provider.asked).toHaveLength(1);
});

test("a request that goes nowhere holds nothing (G5)", async () => {
  const { ask, provider } = await dear([stream], { budgets: { task: 1 } });

  const long = await ask({ ...question, max_tokens: 16_001 });
  const fine = await ask(question);
  await fine.text();

  expect([long.status, fine.status]).toEqual([400, 200]);
  expect(provider.asked).toHaveLength(1);
});

test("a call that got no turn, because the database was away, holds nothing (G2, G5)", async () => {
  const provider = await startProvider([stream]);
  const lost = () => Promise.reject(new PortError("postgres", "it is away", { retryable: true }));
  const web = await startWeb(({ store, gateway, ...options }) => ({
    ...options,
    store: { ...store, modelWindows: { ...store.modelWindows, lease: lost } },
    gateway: {
      ...gateway,
      upstream: { ...gateway.upstream, baseUrl: provider.url },
      limiter: { ...gateway.limiter, set: { ...noSetLimits, callsPerMinute: 5 } },
    },
  }));
  const { worker } = await atWork(web);

  const reply = await post(web, worker, "/v1/messages", question);

  expect(reply.status).toBe(503);
  expect(provider.asked).toEqual([]);
  expect(await web.store.modelCalls.left(0)).toEqual([]);
});

test("a call is its process's as long as it lasts, however short a lease is (G5)", async () => {
  const { held, release } = later(stream);
  const { ask, asked, web, bookings } = await dear([held], { leaseMs: 600 });
  const { pool } = openDatabase(web.databaseUrl);
  onTestFinished(() => pool.end());
  const leases = new Set<string>();
  const first = ask(question);
  await asked(1);

  await awaitFact(
    "its lease was renewed beyond the first one",
    async () => {
      const { rows } = await pool.query("select held_until::text from model_reservations");
      return leases.add(String(rows[0]?.held_until)).size;
    },
    (count) => count === 5,
  );
  const left = await web.store.modelCalls.left(60_000);
  release[0]?.();
  await (await first).text();

  expect(left).toEqual([]);
  expect(await bookings(1)).toMatchObject([{ status: 200, cost: 1.7 }]);
});

test("a call whose process died is booked at its reservation, once (G5)", async () => {
  const { held } = later(stream);
  const { ask, asked, web, recorded } = await dear([held], { budgets: { task: 1 } });
  const { store } = web;
  const dying = new AbortController();
  void ask(question, { signal: dying.signal }).catch(() => {});
  await asked(1);
  const watch = (reservationMs: number) =>
    createModelWatch({ store, dayBudget: 100, reservationMs })();

  await watch(60_000);
  const early = (await store.epics.status(web.epicId)).spending.spent;
  const [left] = await store.modelCalls.left(0);
  for (const _ of [1, 2]) await watch(0);
  if (left) await store.modelCalls.record({ ...left, counted: 100 });

  const { spent } = (await store.epics.status(web.epicId)).spending;
  expect([early, spent]).toEqual([0, left?.counted]);
  expect(spent).toBeGreaterThan(1);
  expect(await store.modelCalls.left(0)).toEqual([]);
  expect(recorded).toEqual([]);
  expect((await ask(question)).status).toBe(403);
  dying.abort();
});
