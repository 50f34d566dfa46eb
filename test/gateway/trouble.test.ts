import { expect, test } from "vitest";
import { createModelWatch } from "../../src/gateway/watch-models.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { stream } from "./support/answers.ts";
import { question, startGateway, startProvider } from "./support/provider.ts";
import { saidIn } from "./support/said.ts";

test("a long trouble stops starts, is told once, and is over with the first answer (G3)", async () => {
  let isAway = true;
  const provider = await startProvider([
    (res, asked) => {
      if (isAway) res.writeHead(500).end();
      else stream(res, asked);
    },
  ]);
  const { ask, web } = await startGateway({ baseUrl: provider.url, troubleMs: 600 });
  const { modelTroubles } = web.store;
  const watch = createModelWatch({ store: web.store, dayBudget: 100, reservationMs: 60_000 });

  await awaitFact(
    "the trouble is a long one",
    async () => {
      await ask(question);
      return await modelTroubles.untold();
    },
    (untold) => untold.length > 0,
  );
  const probe = await modelTroubles.modelTrouble();
  const refused = await modelTroubles.modelTrouble();
  for (const _ of [1, 2]) await watch();
  const during = await saidIn(web);
  isAway = false;
  await (await ask(question)).text();
  await awaitFact(
    "the trouble is over",
    () => modelTroubles.untold(),
    (untold) => untold.some(({ trouble }) => trouble.endedAt !== null),
  );
  for (const _ of [1, 2]) await watch();

  expect([probe, refused?.reason]).toEqual([null, "500"]);
  expect(during).toEqual(["modelTroubleBegan"]);
  expect(await saidIn(web)).toEqual(["modelTroubleEnded"]);
  expect(await modelTroubles.modelTrouble()).toBeNull();
});

test("a trouble's end is told although the next one was declared before anybody looked (G3)", async () => {
  const { web } = await startGateway({ baseUrl: "http://127.0.0.1:9" });
  const { modelTroubles } = web.store;
  const watch = createModelWatch({ store: web.store, dayBudget: 100, reservationMs: 60_000 });
  const declare = (reason: string) =>
    awaitFact(
      "the trouble is a long one",
      async () => {
        await modelTroubles.failed(reason, 300);
        return await modelTroubles.untold();
      },
      (untold) => untold.some(({ trouble }) => trouble.endedAt === null),
    );

  await declare("first");
  await watch();
  await modelTroubles.answered();
  await declare("second");
  // Another process looks: it was not there when the first one was told.
  await createModelWatch({ store: web.store, dayBudget: 100, reservationMs: 60_000 })();
  await modelTroubles.answered();
  for (const _ of [1, 2]) await watch();

  const words = ["Began", "Ended", "Began", "Ended"].map((word) => `modelTrouble${word}`);
  expect(await saidIn(web)).toEqual(words);
});

test("a new day's budget wakes whom the old one held, and says so (G5)", async () => {
  const provider = await startProvider([stream]);
  const { ask, web } = await startGateway({ baseUrl: provider.url, budgets: { day: 0.001 } });
  for (const _ of [1, 2]) await (await ask(question)).text();
  const watch = (dayBudget: number) =>
    createModelWatch({ store: web.store, dayBudget, reservationMs: 60_000 })();
  const stateNow = async () =>
    (await web.store.epics.view(web.epicId)).agents.find(({ key }) => key === "worker/1")?.state;

  await watch(0.001);
  const sameDay = await stateNow();
  await watch(1);

  expect([sameDay, await stateNow()]).toEqual(["PAUSED", "STARTING"]);
  expect(await saidIn(web)).toEqual(["budgetSpent", "budgetDayTurned"]);
});
