import { expect, test } from "vitest";
import { raiseBudget } from "../../src/domain/decide-budget.ts";
import { agentOf } from "../../src/domain/decision.ts";
import { builtInModels } from "../../src/gateway/models.ts";
import { priced } from "../../src/gateway/prices.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { stream } from "./support/answers.ts";
import { question, startGateway, startProvider } from "./support/provider.ts";
import { saidIn } from "./support/said.ts";

const by = { id: 7, login: "ana" };

/** A gateway on which every streamed call costs a dollar and seventy cents. */
async function dear(budgets: Parameters<typeof startGateway>[0]["budgets"]) {
  const provider = await startProvider([stream]);
  const models = { ...builtInModels, prices: { "model-w": priced(2_000, 10_000, 100) } };
  const gateway = await startGateway({
    baseUrl: provider.url,
    models,
    ...(budgets ? { budgets } : {}),
  });
  const call = async (): Promise<number> => {
    const reply = await gateway.ask(question);
    await reply.text();
    return reply.status;
  };
  return { ...gateway, provider, call, said: () => saidIn(gateway.web) };
}

test("at 100 % of a budget the next call is refused before it is made, and its agent rests (G5)", async () => {
  const { web, provider, ask, call, said } = await dear({ task: 3, attempt: 100 });

  const before = [await call(), await call()];
  const reply = await ask(question);

  expect(before).toEqual([200, 200]);
  expect(reply.status).toBe(403);
  expect(reply.headers.get("x-factory-hold")).toBe("sleep");
  expect(await reply.json()).toEqual({
    type: "error",
    error: {
      type: "permission_error",
      message:
        "The task budget is spent ($3.40 of $3.00). You rest until a person raises it: end now.",
    },
  });
  expect(provider.asked).toHaveLength(2);
  const view = await web.store.epics.view(web.epicId);
  expect(agentOf(view, "worker/1")).toMatchObject({ state: "PAUSED", budgetHold: "task" });
  expect(await said()).toEqual(["budgetSpent"]);
});

test("a call that begins within a budget may end beyond it, and people were told at 80 % once (G5)", async () => {
  const { call, said } = await dear({ epic: 4, task: 100, attempt: 100 });

  const statuses = [await call(), await call(), await call(), await call(), await call()];

  // 1.7, 3.4 (85 %), 5.1, then no more.
  expect(statuses).toEqual([200, 200, 200, 403, 403]);
  expect(await said()).toEqual(["budgetNears", "budgetSpent"]);
});

test("a raise gives the agent a life again, and it is told of anew (G5)", async () => {
  const { web, call, said } = await dear({ epic: 2, task: 100, attempt: 100 });
  for (const _ of [1, 2, 3]) await call();
  const held = await web.store.epics.status(web.epicId);

  await web.decide((view) => raiseBudget(view, { by, task: null, amount: 4, spent: 3.4, most: 9 }));

  expect(held.waitsForHuman).toEqual([
    "worker-13 rests, as the epic budget is spent: `/ff budget`, `/ff stats`.",
  ]);
  const view = await web.store.epics.view(web.epicId);
  expect(agentOf(view, "worker/1")).toMatchObject({ state: "STARTING", budgetHold: null });
  expect([await call(), await call()]).toEqual([200, 403]);
  expect(await said()).toEqual(["budgetNears", "budgetSpent", "budgetSpent"]);
});

test("an attempt has a budget of its own: the next life begins with a new one (G5)", async () => {
  const { web, call, said } = await dear({ attempt: 1, task: 100 });

  const first = [await call(), await call()];

  expect(first).toEqual([200, 403]);
  expect(agentOf(await web.store.epics.view(web.epicId), "worker/1")?.budgetHold).toBe("attempt");
  expect(await said()).toEqual(["budgetSpent"]);
});

test("a model without a price counts as the dearest, and is named in the log once (G4, G5)", async () => {
  const provider = await startProvider([stream]);
  const models = { ...builtInModels, prices: { another: priced(2_000, 10_000, 100) } };
  const { web, ask, recorded } = await startGateway({ baseUrl: provider.url, models });

  for (const _ of [1, 2]) await (await ask(question)).text();
  await awaitFact(
    "both calls are booked",
    () => recorded.length,
    (count) => count === 2,
  );

  expect(recorded[0]).toMatchObject({ cost: null, counted: expect.closeTo(1.7, 5) });
  expect(web.lines.filter((line) => line.event === "model.unpriced")).toMatchObject([
    { facts: { model: "model-w" } },
  ]);
});
