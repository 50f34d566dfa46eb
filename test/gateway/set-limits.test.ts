import { expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { createScheduler } from "../../src/gateway/call-scheduler.ts";
import { createCircuit } from "../../src/gateway/circuit.ts";
import { noSetLimits, type SetLimits, setWindows } from "../../src/gateway/rate-windows.ts";
import { budgetsOf } from "../../src/gateway-settings.ts";
import { stream } from "./support/answers.ts";
import { pretendWindows, type World } from "./support/pretend-provider.ts";
import { question, startGateway, startProvider } from "./support/provider.ts";

const minuteMs = 60_000;
/** 100 tokens in all. */
const cost = { calls: 1, input: 90, output: 10 };

/** How many calls of two models begin in each minute of an hour and a half, when there are always more. */
async function begunBy(limits: Partial<SetLimits>) {
  const world: World = { nowMs: 0 };
  const windows = pretendWindows(world);
  const random = () => 0.5;
  const circuit = createCircuit({ firstWaitMs: 1_000, longestPauseMs: minuteMs, random });
  const settings = { priorityMs: 10_000, firstCalls: 1_000, circuit, random };
  const scheduler = createScheduler(settings);
  for (const window of setWindows({ ...noSetLimits, ...limits })) scheduler.known(window);
  const begun: number[] = [];
  for (let id = 0; world.nowMs < 90 * minuteMs; world.nowMs += 5_000) {
    for (let more = 0; more < 25; more += 1, id += 1) {
      const call = { id, role: "worker", model: `m${id % 2}`, cost } as const;
      scheduler.add({ ...call, arrivedMs: world.nowMs, untilMs: world.nowMs + 5_000 });
    }
    for (let isMoving = true; isMoving; ) {
      const { wants, start } = scheduler.step(world.nowMs);
      isMoving = wants.length > 0 || start.length > 0;
      if (wants.length > 0) scheduler.granted(await windows.lease(wants), world.nowMs);
      for (const started of start) scheduler.finished(started, cost);
      begun.push(...start.map(() => Math.floor(world.nowMs / minuteMs)));
    }
  }
  const within = (minutes: number) => begun.filter((minute) => minute < minutes).length;
  return { firstMinute: within(1), firstHour: within(60), all: begun.length };
}

test.each<[keyof SetLimits, number, { firstMinute: number; firstHour: number }]>([
  // What was saved up at first, and what came back meanwhile.
  ["callsPerMinute", 10, { firstMinute: 19, firstHour: 609 }],
  ["callsPerHour", 60, { firstMinute: 60, firstHour: 119 }],
  ["tokensPerMinute", 1_000, { firstMinute: 19, firstHour: 609 }],
  ["tokensPerHour", 6_000, { firstMinute: 60, firstHour: 119 }],
])("an operator's %s holds by itself, for all models together (G2)", async (name, limit, most) => {
  const { firstMinute, firstHour } = await begunBy({ [name]: limit });

  expect(firstMinute).toBeLessThanOrEqual(most.firstMinute);
  expect(firstHour).toBeLessThanOrEqual(most.firstHour);
  expect(firstHour).toBeGreaterThan(most.firstHour * 0.9);
});

test("the narrowest of an operator's limits decides (G2)", async () => {
  const { all, firstMinute } = await begunBy({ callsPerMinute: 10, tokensPerHour: 6_000 });

  expect(firstMinute).toBeLessThanOrEqual(19);
  expect(all).toBeLessThanOrEqual(150);
});

test("what an operator leaves out is as people were told (G2, G5, G6)", () => {
  const config = readConfig({});

  expect(budgetsOf(config)).toMatchObject({ day: 100, epic: 50, task: 10, attempt: 5 });
  expect(config.BUDGET_WARN_PERCENT).toBe(80);
  expect(config.MODEL_HOLD_MS).toBe(60_000);
  const { MAX_LIVE_WORKERS, MAX_LIVE_SUPERVISORS, MAX_EPICS } = config;
  expect([MAX_LIVE_WORKERS, MAX_LIVE_SUPERVISORS, MAX_EPICS]).toEqual([10, 5, 5]);
});

test("any compatible server may stand in for the provider, below a path of its own, too (G1)", async () => {
  const provider = await startProvider([stream]);
  const { ask } = await startGateway({ baseUrl: `${provider.url}/compatible/api/` });

  const reply = await ask(question);
  await reply.text();

  expect(reply.status).toBe(200);
  expect(provider.asked.map(({ path }) => path)).toEqual(["/compatible/api/v1/messages"]);
});
