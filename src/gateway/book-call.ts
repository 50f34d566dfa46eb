import type { LifeIdentity } from "../domain/agent.ts";
import { type BudgetLimits, budgetCounts, nearlySpent } from "../domain/budget.ts";
import type { BudgetFact } from "../domain/decide-budget.ts";
import { retry } from "../lib/retry.ts";
import type { CallStanding, ModelCalls } from "../ports/agents.ts";
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

const recordAttempts = 4;
const mostTold = 10_000;

/** Books calls with what they cost, and sees budgets near their end. */
export function createBooking(ports: BookingPorts): (call: EndedCall) => Promise<void> {
  const unpriced = new Set<string>();
  const told = new Set<string>();
  return async (call) => {
    const { life, standing, model, status, usage, latencyMs, attempt } = call;
    const cost = costOf(model, usage, ports.models.prices);
    if (cost === null && !unpriced.has(model)) {
      unpriced.add(model);
      ports.onUnpriced(model);
    }
    const booked = {
      ...{ life, model, status, attempt, latencyMs: Math.round(latencyMs), cost },
      counted: cost ?? dearestCost(usage, ports.models.prices),
      ...{ tokensIn: usage.input, tokensOut: usage.output, cacheRead: usage.cacheRead },
      cacheWritten: usage.cacheWrite5m + usage.cacheWrite1h,
      cacheWritten1h: usage.cacheWrite1h,
    };
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
}
