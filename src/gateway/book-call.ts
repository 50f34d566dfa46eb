import type { LifeIdentity } from "../domain/agent.ts";
import { type BudgetLimits, budgetCounts, nearlySpent } from "../domain/budget.ts";
import type { BudgetFact } from "../domain/decide-budget.ts";
import { retry } from "../lib/retry.ts";
import type { CallStanding, ModelCall, ModelCalls } from "../ports/agents.ts";
import type { ModelList } from "./models.ts";
import { costOf, dearestCost } from "./prices.ts";
import type { Usage } from "./usage.ts";

/** A call that is over, as far as it came. */
export type EndedCall = {
  readonly life: LifeIdentity;
  readonly standing: Pick<CallStanding, "set" | "day">;
  readonly model: string;
  readonly status: number;
  readonly usage: Usage;
  readonly latencyMs: number;
  readonly attempt: number;
};

export type BookingPorts = {
  readonly modelCalls: Pick<ModelCalls, "record">;
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
    if (booked.cost === null && !unpriced.has(call.model)) {
      unpriced.add(call.model);
      ports.onUnpriced(call.model);
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
  { life, model, status, usage, latencyMs, attempt }: EndedCall,
  { prices }: ModelList,
): ModelCall {
  const cost = costOf(model, usage, prices);
  return {
    ...{ life, model, status, attempt, latencyMs: Math.round(latencyMs), cost },
    counted: cost ?? dearestCost(usage, prices),
    ...{ tokensIn: usage.input, tokensOut: usage.output, cacheRead: usage.cacheRead },
    cacheWritten: usage.cacheWrite5m + usage.cacheWrite1h,
    cacheWritten1h: usage.cacheWrite1h,
  };
}

function nameOf({ epicId, agent, life }: LifeIdentity): string {
  return `${epicId}/${agent}/${life}`;
}
