import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../../src/adapters/postgres/database.ts";
import type { LifeIdentity } from "../../../src/domain/agent.ts";
import { createTask } from "../../../src/domain/decide-plan.ts";
import { isRefusal } from "../../../src/domain/refusal.ts";
import type { ModelCall } from "../../../src/ports/model-calls.ts";
import type { Store } from "../../../src/ports/store.ts";
import { openTestEpic, openTestStore } from "../../support/store.ts";

function lifeOf(epicId: number, task: number | null, life: number): LifeIdentity {
  return task === null
    ? { epicId, agent: "supervisor", role: "supervisor", task, life }
    : { epicId, agent: `worker/${task}`, role: "worker", task, life };
}

function callOf(life: LifeIdentity, counted: number, model = "model-w"): ModelCall {
  return {
    callId: randomUUID(),
    life,
    model,
    status: 200,
    ...{ tokensIn: 10, tokensOut: 2, cacheRead: 80, cacheWritten: 10, cacheWritten1h: 4 },
    ...{ attempt: 2, latencyMs: 12.4, cost: counted, counted },
  };
}

async function opened(): Promise<{
  readonly store: Store;
  readonly epicId: number;
  readonly sql: (text: string) => Promise<readonly unknown[]>;
}> {
  const { store, databaseUrl } = await openTestStore();
  const { pool } = openDatabase(databaseUrl);
  onTestFinished(async () => {
    await pool.end();
    await store.close();
  });
  const sql = async (text: string) => (await pool.query(text)).rows;
  return { store, epicId: await openTestEpic(store), sql };
}

test("a call is added to its life's, task's, epic's and day's sum as it is booked (G4, G5)", async () => {
  const { store, epicId } = await opened();
  const first = lifeOf(epicId, 1, 1);

  await store.modelCalls.record(callOf(lifeOf(epicId, null, 1), 1));
  await store.modelCalls.record(callOf(first, 2));
  const spent = await store.modelCalls.record(callOf(lifeOf(epicId, 1, 2), 3.5));

  expect(spent).toEqual({ day: 6.5, epic: 6.5, task: 5.5, attempt: 3.5 });
  expect(await store.modelCalls.record(callOf(lifeOf(epicId, null, 1), 0))).toEqual({
    ...{ day: 6.5, epic: 6.5, task: null, attempt: 1 },
  });
});

test("calls booked at once are all in the sums (G4)", async () => {
  const { store, epicId } = await opened();
  const calls = Array.from({ length: 40 }, (_, index) =>
    callOf(lifeOf(epicId, (index % 4) + 1, 1), 0.25),
  );

  await Promise.all(calls.map((call) => store.modelCalls.record(call)));

  const free = [1, 2, 3, 4].map((task) => callOf(lifeOf(epicId, task, 1), 0));
  expect(await Promise.all(free.map((call) => store.modelCalls.record(call)))).toEqual(
    free.map(() => ({ day: 10, epic: 10, task: 2.5, attempt: 2.5 })),
  );
});

test("a call's row keeps the try that answered it and its part of the cache (G4)", async () => {
  const { store, epicId, sql } = await opened();

  await store.modelCalls.record(callOf(lifeOf(epicId, 1, 1), 2));

  expect(
    await sql("select attempt, cache_written, cache_written_1h, latency_ms from model_calls"),
  ).toEqual([{ attempt: 2, cache_written: 10, cache_written_1h: 4, latency_ms: 12 }]);
});

test("the standing of a life says at once who it is and what its budgets have left (G5)", async () => {
  const { store, epicId, sql } = await opened();
  const life = lifeOf(epicId, null, 1);
  await store.modelCalls.record(callOf(life, 4));
  await store.epics.change(epicId, { what: "test", actor: "ana" }, () => ({
    decision: {
      budgets: [
        { task: null, amount: 60, by: { id: 7, login: "ana" } },
        { task: null, amount: 80, by: { id: 7, login: "ana" } },
      ],
    },
    result: null,
  }));

  expect(await store.modelCalls.standing(life)).toEqual({
    epicState: "IN_PROGRESS",
    agent: { state: "STARTING", life: 0, model: "model-s", budgetHold: null },
    spent: { day: 4, epic: 4, task: null, attempt: 4 },
    held: {
      likely: { day: 0, epic: 0, task: null, attempt: 0 },
      most: { day: 0, epic: 0, task: null, attempt: 0 },
    },
    calls: { made: 1, underWay: 0 },
    cachedTokens: 0,
    set: { epic: 80, task: null },
    day: new Date().toISOString().slice(0, 10),
  });
  expect(await store.modelCalls.standing(lifeOf(epicId, 9, 1))).toBeNull();
  // The history of what was set stays.
  expect(await sql("select amount from budgets order by id")).toEqual([
    { amount: 60 },
    { amount: 80 },
  ]);
});

test("the status shows what an epic spent, by whom, against what, and what it may come to (G4, G5)", async () => {
  const { store, epicId } = await opened();
  await store.modelCalls.record(callOf(lifeOf(epicId, null, 1), 1, "model-s"));
  await store.modelCalls.record(callOf(lifeOf(epicId, null, 2), 2, "vendor/model"));

  const { spending, modelCalls, tokensIn } = await store.epics.status(epicId);

  expect(spending).toMatchObject({
    ...{ spent: 3, budget: 50, forecast: null, today: { spent: 3, budget: 100 }, most: 200 },
    shares: [
      { agent: "supervisor-12", model: "vendor/model", calls: 1, cost: 2, cacheRead: 80 },
      { agent: "supervisor-12", model: "model-s", calls: 1, cost: 1 },
    ],
  });
  expect([modelCalls, tokensIn]).toEqual([2, 200]);
});

test("what an epic may come to is told by what its landed tasks cost so far (G5)", async () => {
  const { store, epicId, sql } = await opened();
  const acceptance = ["It is there."];
  for (const title of ["Add a cart", "Write the imprint", "Paint the door", "Sweep the yard"])
    await store.epics.change(epicId, { what: "test", actor: null }, (view) => {
      const task = { title, description: `${title}, all of it.`, acceptance, dependsOn: [] };
      const decision = createTask(view, { ...task, insist: null });
      if (isRefusal(decision)) throw new Error(decision.detail);
      return { decision, result: null };
    });
  await store.modelCalls.record(callOf(lifeOf(epicId, 1, 1), 3));
  const before = (await store.epics.status(epicId)).spending.forecast;
  const fields = JSON.stringify({ mergeSha: "a".repeat(40) });
  await sql(
    `update tasks set state = 'COMPLETED', state_fields = '${fields}' where ordinal in (1, 2)`,
  );

  const { forecast } = (await store.epics.status(epicId)).spending;

  // Two landed for 3 dollars, two are to come.
  expect([before, forecast]).toEqual([null, 6]);
});

test("an agent held by the day's budget is found when the day has some left, and no other (G5)", async () => {
  const { store, epicId, sql } = await opened();
  await store.modelCalls.record(callOf(lifeOf(epicId, null, 1), 20));
  await sql("update agents set state = 'PAUSED', budget_hold = 'day'");

  expect(await store.modelCalls.freedByDay(20)).toEqual([]);
  expect(await store.modelCalls.freedByDay(20.5)).toEqual([epicId]);
  await sql("update agents set budget_hold = 'epic'");
  expect(await store.modelCalls.freedByDay(20.5)).toEqual([]);
});

test("a call is booked once, however often it is said (G4)", async () => {
  const { store, epicId, sql } = await opened();
  const call = callOf(lifeOf(epicId, null, 1), 2);

  const all = await Promise.all([1, 2, 3].map(() => store.modelCalls.record(call)));
  const again = await store.modelCalls.record(call);

  expect(again).toEqual({ day: 2, epic: 2, task: null, attempt: 2 });
  expect(all).toContainEqual(again);
  expect(await sql("select count(*) from model_calls")).toEqual([{ count: 1 }]);
});

test("what calls under way may cost is seen by whoever comes next, until they are booked or let go (G5)", async () => {
  const { store, epicId } = await opened();
  const { modelCalls } = store;
  const life = lifeOf(epicId, null, 1);
  const wanted = () => {
    const { callId, model, tokensIn, tokensOut, cost, counted } = callOf(life, 3);
    return { callId, model, tokensIn, tokensOut, cost, counted, likely: 1, cachedTokens: 0 };
  };
  const [first, second, ...more] = Array.from({ length: 8 }, wanted);
  if (!first || !second) throw new Error("there are eight");

  const seen = await Promise.all(
    [first, second, ...more].map((one) => modelCalls.admit(life, () => one, 60_000)),
  );
  const other = await modelCalls.standing({ ...life, life: 2 });
  await modelCalls.record({ ...callOf(life, 1), callId: first.callId });
  const booked = await modelCalls.standing(life);
  await modelCalls.release(second.callId);
  const free = await modelCalls.standing(life);

  expect(
    seen
      .map((standing) => standing?.held.most.epic)
      .toSorted((one = 0, other = 0) => Number(one) - Number(other)),
  ).toEqual([0, 3, 6, 9, 12, 15, 18, 21]);
  expect(other?.held).toEqual({
    likely: { day: 8, epic: 8, task: null, attempt: 0 },
    most: { day: 24, epic: 24, task: null, attempt: 0 },
  });
  expect([booked?.spent.epic, booked?.held.most.epic]).toEqual([1, 21]);
  expect([free?.spent.epic, free?.held.most.epic]).toEqual([1, 18]);
  expect([other?.calls, free?.calls]).toEqual([
    { made: 0, underWay: 0 },
    { made: 1, underWay: 6 },
  ]);
});
