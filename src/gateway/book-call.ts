import type { LifeIdentity } from "../domain/agent.ts";
import { type BudgetLimits, budgetCounts, nearlySpent } from "../domain/budget.ts";
import type { BudgetFact } from "../domain/decide-budget.ts";
import { retry } from "../lib/retry.ts";
import type { CallStanding, ModelCall, ModelCalls, Reservation } from "../ports/model-calls.ts";
import type { ModelList } from "./models.ts";
import { costOf, dearestCost } from "./prices.ts";
import type { Usage } from "./usage.ts";

/** A call that is over, as far as it came. */
export type EndedCall = {
  readonly life: LifeIdentity;
  readonly standing: Pick<CallStanding, "set" | "day">;
  readonly reservation: Reservation;
  readonly status: number;
  /** null where the provider may have worked and nobody knows how much: it costs its reservation. */
  readonly usage: Usage | null;
  readonly latencyMs: number;
  readonly attempt: number;
};

export type BookingPorts = {
  readonly modelCalls: Pick<ModelCalls, "record" | "release">;
  readonly models: ModelList;
  readonly budgets: BudgetLimits;
  /** Tells people that a budget nears its end, once. */
  readonly onNear: (fact: BudgetFact) => Promise<void>;
  /** A model has no price; told once per model. */
  readonly onUnpriced: (model: string) => void;
};

export type Booking = {
  /** Books a call with what it cost, and sees budgets near their end. */
  readonly book: (call: EndedCall) => Promise<void>;
  /** A reserved call that never reached the provider. */
  readonly release: (reservation: Reservation) => Promise<void>;
  /** Waits for a life's calls that are being booked: its next one must not slip in before. */
  readonly settled: (life: LifeIdentity) => Promise<void>;
};

const recordAttempts = 4;
const mostTold = 10_000;

export function createBooking(ports: BookingPorts): Booking {
  const unpriced = new Set<string>();
  const told = new Set<string>();
  const underWay = new Map<string, Promise<void>>();
  const bookOne = async (call: EndedCall): Promise<void> => {
    const { life, standing } = call;
    const booked = bookedAt(call, ports.models);
    if (booked.cost === null && !unpriced.has(booked.model)) {
      unpriced.add(booked.model);
      ports.onUnpriced(booked.model);
    }
    const { modelCalls, budgets } = ports;
    const spent = await retry(() => modelCalls.record(booked), { attempts: recordAttempts });
    for (const count of nearlySpent(budgetCounts(spent, standing.set, budgets), budgets)) {
      // The database knows what was told; this only spares it most of the questions.
      const key = JSON.stringify([life, count.level, count.limit, standing.day]);
      if (told.has(key)) continue;
      if (told.size >= mostTold) told.clear();
      await ports.onNear({ life, count, day: standing.day });
      told.add(key);
    }
  };
  return {
    release: async ({ callId }) => await ports.modelCalls.release(callId),
    settled: async (life) => await underWay.get(nameOf(life)),
    book: async (call) => {
      const name = nameOf(call.life);
      const before = underWay.get(name) ?? Promise.resolve();
      const all = Promise.all([before, bookOne(call)]).then(() => {});
      // Whoever waits for it waits for the end alone; the caller hears of a failure.
      const settled = all.catch(() => {});
      underWay.set(name, settled);
      await all;
      if (underWay.get(name) === settled) underWay.delete(name);
    },
  };
}

function bookedAt(
  { life, reservation, status, usage, latencyMs, attempt }: EndedCall,
  { prices }: ModelList,
): ModelCall {
  const ended = { life, status, attempt, latencyMs: Math.round(latencyMs) };
  const { likely: _, cachedTokens: __, ...most } = reservation;
  if (usage === null)
    return { ...most, ...ended, cacheRead: 0, cacheWritten: 0, cacheWritten1h: 0 };
  const { callId, model } = reservation;
  const cost = costOf(model, usage, prices);
  return {
    ...{ ...ended, callId, model, cost },
    counted: cost ?? dearestCost(usage, prices),
    ...{ tokensIn: usage.input, tokensOut: usage.output, cacheRead: usage.cacheRead },
    cacheWritten: usage.cacheWrite5m + usage.cacheWrite1h,
    cacheWritten1h: usage.cacheWrite1h,
  };
}

function nameOf({ epicId, agent, life }: LifeIdentity): string {
  return `${epicId}/${agent}/${life}`;
}
