import { expect, test } from "vitest";
import { createSetups } from "../../src/dependencies/setups.ts";
import type { Clock } from "../../src/lib/clock.ts";
import type { SetupResult } from "../../src/ports/dependencies.ts";

const FAILED: SetupResult = { kind: "failed", output: "no" };
const WEATHER: SetupResult = { kind: "weather", reason: "503" };

/** Work that ends when it is told to. */
function work() {
  const { promise, resolve, reject } = Promise.withResolvers<SetupResult>();
  let runs = 0;
  const run = (): Promise<SetupResult> => {
    runs += 1;
    return promise;
  };
  return { run, ends: resolve, breaks: reject, runs: () => runs };
}

/** A clock that is set by hand, and the setups of a process. */
function setupsAt(atOnce: number) {
  let nowMs = 1_000_000;
  const clock: Clock = { nowMs: () => nowMs, sleep: () => Promise.resolve() };
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { ...createSetups({ atOnce, clock }), pass };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a setup is run once for all who ask, and not more of them at once than may be (Q3b, O5)", async () => {
  const { run, begin, standing } = setupsAt(1);
  const [first, second] = [work(), work()];

  begin("one", first.run);
  const joined = run("one", first.run);
  const next = run("two", second.run);
  await turn();
  expect([standing("one"), standing("two"), standing("three")]).toEqual([
    { kind: "runs" },
    { kind: "inLine" },
    null,
  ]);
  expect([first.runs(), second.runs()]).toEqual([1, 0]);

  first.ends(FAILED);
  expect(await joined).toEqual(FAILED);
  await turn();
  expect([standing("one"), standing("two")]).toEqual([null, { kind: "runs" }]);
  second.ends(FAILED);
  expect(await next).toEqual(FAILED);
  expect([first.runs(), second.runs()]).toEqual([1, 1]);
});

test("what is not a tree's fault is counted, and tried again later and later (Q3b, R6)", async () => {
  const { run, standing, pass } = setupsAt(1);
  const once = async () => {
    const it = work();
    it.ends(WEATHER);
    return await run("one", it.run);
  };

  const first = await once();
  expect(first).toMatchObject({ ...WEATHER, tries: 1, isNew: true });
  expect(standing("one")).toEqual({ ...first, isNew: false });
  pass(5_000);
  expect(standing("one")).toBeNull();
  for (let more = 0; more < 9; more += 1) {
    pass(60_000);
    await once();
  }
  pass(29_999);
  expect(standing("one")).toMatchObject({ kind: "weather", tries: 10 });
  pass(30_001);
  expect(standing("one")).toBeNull();
});

test("what breaks a setup that nobody waits for is thrown to whoever asks next, once (Q3b)", async () => {
  const { begin, standing } = setupsAt(1);
  const broken = work();

  begin("one", broken.run);
  broken.breaks(new Error("the broker is away"));
  await turn();

  expect(() => standing("one")).toThrow("the broker is away");
  expect(standing("one")).toBeNull();
  const next = work();
  begin("two", next.run);
  await turn();
  expect(next.runs()).toBe(1);
});

test("who asks before the wait is over hears what it waits for, and nothing is run (Q3b, R6)", async () => {
  const { run, pass } = setupsAt(1);
  const [first, second, third] = [work(), work(), work()];
  for (const it of [first, second, third]) it.ends(WEATHER);

  await run("one", first.run);
  expect(await run("one", second.run)).toMatchObject({ ...WEATHER, tries: 1, isNew: false });
  expect(second.runs()).toBe(0);
  pass(5_000);
  expect(await run("one", third.run)).toMatchObject({ ...WEATHER, tries: 2, isNew: true });
});

test("what broke a setup is forgotten once it is run again (Q3b)", async () => {
  const { begin, run, standing } = setupsAt(1);
  const [broken, next] = [work(), work()];
  begin("one", broken.run);
  broken.breaks(new Error("the broker is away"));
  await turn();

  next.ends(FAILED);
  await run("one", next.run);

  expect(standing("one")).toBeNull();
});

test("of more setups than can be remembered the oldest troubles are forgotten (Q3b, R6)", async () => {
  const { begin, run, standing } = setupsAt(1);
  const weather = async (): Promise<SetupResult> => WEATHER;
  const breaks = () => Promise.reject(new Error("the broker is away"));
  await run("oldest", weather);
  begin("oldest broken", breaks);
  await turn();
  for (let more = 0; more < 1_000; more += 1) {
    await run(`weather ${more}`, weather);
    begin(`broken ${more}`, breaks);
  }
  await turn();

  expect(standing("oldest")).toBeNull();
  expect(standing("oldest broken")).toBeNull();
  expect(standing("weather 999")).toMatchObject({ kind: "weather" });
  expect(() => standing("broken 999")).toThrow("the broker is away");
});
