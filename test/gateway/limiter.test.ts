import { expect, onTestFinished, test } from "vitest";
import {
  createLimiter,
  defaultLimiterSettings,
  type Limiter,
  type Turn,
} from "../../src/gateway/limiter.ts";
import { noSetLimits } from "../../src/gateway/rate-windows.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import type { ModelWindows } from "../../src/ports/model-provider.ts";
import { openTestStore } from "../support/store.ts";

// Limiters of several processes on one real database.

const one = { calls: 1, input: 100, output: 10 };

async function openWindows(): Promise<ModelWindows> {
  const { store } = await openTestStore();
  onTestFinished(() => store.close());
  return store.modelWindows;
}

function limiterOn(windows: ModelWindows, callsPerMinute: number | null = null): Limiter {
  const settings = {
    ...defaultLimiterSettings,
    firstCalls: 1_000,
    set: { ...noSetLimits, callsPerMinute },
  };
  return createLimiter({ windows, nowMs: Date.now, random: Math.random, settings });
}

function ask(limiter: Limiter, holdMs = 5_000, signal = new AbortController().signal) {
  const nowMs = Date.now();
  const asked = { role: "worker", model: "m", cost: one, signal } as const;
  return limiter.turn({ ...asked, arrivedMs: nowMs, untilMs: nowMs + holdMs });
}

async function answered(limiter: Limiter, headers: Record<string, string>): Promise<void> {
  // With limits of our own making it is its turn at once.
  const turn = (await ask(limiter)) as Turn;
  turn.answered(headers);
  turn.finished(one);
}

test("processes keep an operator's limit together, and each gets its part (G2)", async () => {
  const windows = await openWindows();
  const limiters = [limiterOn(windows, 20), limiterOn(windows, 20)];

  // Both have begun, so that neither is late for the line.
  await Promise.all(limiters.map((limiter) => ask(limiter)));
  const beganMs = Date.now();
  const answers = await Promise.all(
    limiters.map((limiter) => Promise.all(Array.from({ length: 30 }, () => ask(limiter, 400)))),
  );

  const turns = answers.map((some) => some.filter(({ kind }) => kind === "turn").length);
  const [first = 0, second = 0] = turns;
  expect(first + second).toBeGreaterThanOrEqual(17);
  // What filled up meanwhile, however slow this machine is.
  expect(first + second).toBeLessThanOrEqual(20 + (Date.now() - beganMs) / 3_000);
  expect(Math.min(first, second)).toBeGreaterThan(0);
});

test("what one process learns from the provider's headers, one that starts later knows (G2)", async () => {
  const windows = await openWindows();
  const early = limiterOn(windows);
  await answered(early, {
    "anthropic-ratelimit-requests-limit": "10",
    "anthropic-ratelimit-requests-remaining": "4",
  });
  await Promise.all(Array.from({ length: 6 }, () => ask(early, 300)));

  const late = limiterOn(windows);
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(late, 300)));

  expect(answers.filter(({ kind }) => kind === "turn").length).toBeLessThanOrEqual(1);
});

test("a provider that names no limits is not limited (G2)", async () => {
  const windows = await openWindows();
  const limiter = limiterOn(windows);
  await answered(limiter, {});

  const answers = await Promise.all(Array.from({ length: 200 }, () => ask(limiter)));

  expect(answers.every(({ kind }) => kind === "turn")).toBe(true);
});

test("a client that leaves gives up its place, and those that wait are counted by role (G2)", async () => {
  const limiter = limiterOn(await openWindows(), 1);
  const leaving = new AbortController();
  await ask(limiter);
  const waiting = ask(limiter, 5_000, leaving.signal);
  await awaitFact(
    "somebody waits",
    () => limiter.counts(),
    ({ waiting: { worker } }) => worker === 1,
  );

  leaving.abort(new Error("gone"));

  await expect(waiting).rejects.toThrow("gone");
  expect(limiter.counts()).toMatchObject({ waiting: { worker: 0 }, running: 1 });
});

test("a database that cannot say what is left is an error, not a turn (G2)", async () => {
  const windows = await openWindows();
  const broken = {
    ...windows,
    lease: () => Promise.reject(new Error("the database is gone")),
  };

  await expect(ask(limiterOn(broken, 10))).rejects.toThrow("the database is gone");
});
