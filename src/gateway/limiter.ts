import type { IncomingHttpHeaders } from "node:http";
import type { Role } from "../domain/states.ts";
import type { ModelWindows } from "../ports/model-provider.ts";
import { createScheduler, type Scheduler, type SchedulerCounts } from "./call-scheduler.ts";
import { type Circuit, createCircuit } from "./circuit.ts";
import {
  type CallCost,
  isSet,
  noSetLimits,
  type SetLimits,
  seenWindows,
  setWindows,
} from "./rate-windows.ts";

export type LimiterSettings = {
  readonly set: SetLimits;
  /** How much of what the provider allows is used: 0.98 is 98 %. */
  readonly share: number;
  readonly priorityMs: number;
  readonly firstCalls: number;
  readonly firstWaitMs: number;
  readonly longestPauseMs: number;
};

export const defaultLimiterSettings: LimiterSettings = {
  set: noSetLimits,
  ...{ share: 0.98, priorityMs: 10_000, firstCalls: 4 },
  ...{ firstWaitMs: 1_000, longestPauseMs: 600_000 },
};

/** A lease is one statement on a few rows. */
const longestLeaseMs = 10_000;

export type LimiterPorts = {
  readonly windows: ModelWindows;
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly settings: LimiterSettings;
};

export type TurnAsked = {
  readonly role: Role;
  readonly model: string;
  readonly cost: CallCost;
  readonly arrivedMs: number;
  /** Held no longer than until then. */
  readonly untilMs: number;
  readonly signal: AbortSignal;
};

/** The right to make one call now. Every turn ends by `finished`, once. */
export type Turn = {
  readonly kind: "turn";
  /** The provider answered, whatever the status: its headers tell the limits. */
  readonly answered: (headers: IncomingHttpHeaders) => void;
  /** The provider refused for limits or overload: nobody calls for a while. */
  readonly refused: (headers: IncomingHttpHeaders, retryAfterMs: number | null) => void;
  /** `used` is null where nothing was. */
  readonly finished: (used: CallCost | null) => void;
};

/** Sent away: it was, or would be, held for too long. */
export type NoTurn = { readonly kind: "held"; readonly retryAfterMs: number };

/** One process's part of the limiter that all processes share (G2). */
export type Limiter = {
  /** @throws the signal's reason when the client left; what the database throws */
  readonly turn: (asked: TurnAsked) => Promise<Turn | NoTurn>;
  readonly counts: () => SchedulerCounts & { readonly pausedMs: number };
};

type Waiter = {
  readonly model: string;
  readonly resolve: (answer: Turn | NoTurn) => void;
  readonly reject: (error: unknown) => void;
};

type World = LimiterPorts & {
  readonly scheduler: Scheduler;
  readonly circuit: Circuit;
  readonly waiters: Map<number, Waiter>;
  timer: NodeJS.Timeout | undefined;
};

const afterFailureMs = 1_000;

export function createLimiter(ports: LimiterPorts): Limiter {
  const { settings, random, nowMs, windows } = ports;
  const circuit = createCircuit({ ...settings, random });
  const scheduler = createScheduler({ ...settings, circuit, random });
  for (const window of setWindows(settings.set)) scheduler.known(window);
  const world: World = {
    ...ports,
    ...{ scheduler, circuit, waiters: new Map() },
    timer: undefined,
  };
  let loaded: Promise<void> | null = null;
  let lastId = 0;
  return {
    turn: async (asked) => {
      loaded ??= load(windows, scheduler);
      await loaded.catch((error: unknown) => {
        loaded = null;
        throw error;
      });
      asked.signal.throwIfAborted();
      lastId += 1;
      return await wait(world, lastId, asked);
    },
    counts: () => ({
      ...scheduler.counts(),
      pausedMs: Math.max(0, circuit.pausedUntilMs() - nowMs()),
    }),
  };
}

/** What other processes learned counts from the first call on; the operator's own are set anew. */
async function load(windows: ModelWindows, scheduler: Scheduler): Promise<void> {
  const known = await windows.known();
  for (const window of known.filter((one) => !isSet(one))) scheduler.known(window);
}

function wait(world: World, id: number, asked: TurnAsked): Promise<Turn | NoTurn> {
  const { signal, ...call } = asked;
  return new Promise((resolve, reject) => {
    const onLeft = (): void => {
      world.waiters.delete(id);
      world.scheduler.remove(id);
      reject(signal.reason);
    };
    signal.addEventListener("abort", onLeft, { once: true });
    const settle = <Value>(then: (value: Value) => void) => {
      return (value: Value): void => {
        signal.removeEventListener("abort", onLeft);
        then(value);
      };
    };
    const { model } = asked;
    world.waiters.set(id, { model, resolve: settle(resolve), reject: settle(reject) });
    world.scheduler.add({ id, ...call });
    pump(world);
  });
}

/** Steps until nothing more can begin now, and comes back when something may. */
function pump(world: World): void {
  const { scheduler, waiters, nowMs } = world;
  clearTimeout(world.timer);
  const { start, sendAway, wants, nextMs } = scheduler.step(nowMs());
  for (const id of start) answer(waiters, id, turnOf(world, id, waiters.get(id)?.model ?? ""));
  for (const { id, retryAfterMs } of sendAway) answer(waiters, id, { kind: "held", retryAfterMs });
  if (wants.length > 0) void lease(world, wants);
  if (nextMs === null) return;
  world.timer = setTimeout(() => pump(world), Math.max(1, nextMs - nowMs()));
  world.timer.unref();
}

async function lease(world: World, wants: Parameters<ModelWindows["lease"]>[0]): Promise<void> {
  const { scheduler, waiters, windows, nowMs } = world;
  try {
    scheduler.granted(await inTime(windows.lease(wants)), nowMs());
  } catch (error) {
    scheduler.granted(new Map(), nowMs());
    // Nobody can know what is left: whoever waits is told so, as by any other query that failed.
    for (const [id, waiter] of waiters) {
      scheduler.remove(id);
      waiter.reject(error);
    }
    waiters.clear();
    // A database that fails at once would be asked without a pause, even to take slices back.
    clearTimeout(world.timer);
    world.timer = setTimeout(() => pump(world), afterFailureMs);
    world.timer.unref();
    return;
  }
  pump(world);
}

/** A database that stands still is an error at once, not a minute's wait and a sleeping agent. */
async function inTime<Value>(work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`the model windows could not be leased within ${longestLeaseMs} ms`);
    timer = setTimeout(() => reject(error), longestLeaseMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function answer(waiters: Map<number, Waiter>, id: number, what: Turn | NoTurn): void {
  waiters.get(id)?.resolve(what);
  waiters.delete(id);
}

function turnOf(world: World, id: number, model: string): Turn {
  const { scheduler, circuit, nowMs, settings } = world;
  const learn = (headers: IncomingHttpHeaders): void =>
    scheduler.learned(model, seenWindows(model, headers, settings.share), nowMs());
  return {
    kind: "turn",
    answered: (headers) => {
      circuit.answered(nowMs());
      learn(headers);
      pump(world);
    },
    refused: (headers, retryAfterMs) => {
      circuit.refused(nowMs(), retryAfterMs);
      learn(headers);
    },
    finished: (used) => {
      scheduler.finished(id, used);
      pump(world);
    },
  };
}

/** For calls that nobody limits. */
export const noLimiter: Limiter = {
  turn: async () => ({
    kind: "turn",
    answered: () => {},
    refused: () => {},
    finished: () => {},
  }),
  counts: () => ({
    waiting: { orchestrator: 0, supervisor: 0, worker: 0 },
    running: 0,
    pausedMs: 0,
  }),
};
