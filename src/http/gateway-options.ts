import type { BudgetLimits } from "../domain/budget.ts";
import { type BudgetFact, budgetNears } from "../domain/decide-budget.ts";
import type { PatienceLimits } from "../gateway/ask-provider.ts";
import { type Booking, createBooking } from "../gateway/book-call.ts";
import { createHoldCall, type HoldCall } from "../gateway/hold-calls.ts";
import { createLimiter, type Limiter, type LimiterSettings } from "../gateway/limiter.ts";
import type { ModelList } from "../gateway/models.ts";
import { createProviderHealth } from "../gateway/provider-health.ts";
import type { GatewayOptions } from "../gateway/proxy.ts";
import { createUpstream, type Upstream } from "../gateway/upstream.ts";
import type { Clock } from "../lib/clock.ts";
import type { Store } from "../ports/store.ts";
import type { Log } from "./log.ts";
import type { BodyLimits } from "./read-body.ts";

/** What an operator decides about model calls. */
export type GatewaySettings = {
  readonly upstream: Upstream;
  readonly models: ModelList;
  readonly allowedModels: readonly string[];
  readonly budgets: BudgetLimits;
  readonly limiter: LimiterSettings;
  readonly limits: PatienceLimits;
  readonly requestLimits: BodyLimits;
  /** Nothing but failures for so long is a long trouble. */
  readonly troubleMs: number;
  readonly idleMs: number;
  readonly drainMs: number;
  /** A process that says nothing of its calls for so long is gone. */
  readonly leaseMs: number;
  /** No answer goes on for longer. */
  readonly answerMs: number;
  /** No answer may be longer, in tokens. */
  readonly maxTokens: number;
  readonly clock: Clock;
};

type Web = {
  readonly store: Pick<Store, "epics" | "health" | "modelCalls" | "modelWindows" | "modelTroubles">;
  readonly log: Log;
  readonly gateway: GatewaySettings;
};

/** This process's part of the limiter. */
export function createGatewayLimiter({ store, gateway }: Web): Limiter {
  return createLimiter({
    windows: store.modelWindows,
    nowMs: gateway.clock.nowMs,
    random: Math.random,
    settings: gateway.limiter,
  });
}

/** What the gateway is built from. */
export function gatewayOptions(
  { store, log, gateway }: Web,
  limiter: Limiter,
  booking: Booking,
): GatewayOptions {
  const { clock, troubleMs, allowedModels, limits, maxTokens } = gateway;
  const { idleMs, drainMs, answerMs } = gateway;
  return {
    ...{ allowedModels, limits, maxTokens, clock, limiter, booking },
    ...{ idleMs, drainMs, answerMs },
    ask: createUpstream(gateway.upstream),
    health: createProviderHealth({
      troubles: store.modelTroubles,
      troubleMs,
      nowMs: clock.nowMs,
      onUntold: (err) => log.error({ err }, "model.untold"),
    }),
    // Where it cannot be stored the life is sent away all the same, and comes back by the rules.
    onHeld: (life, retryAfterMs) =>
      store.health
        .held(life, retryAfterMs)
        .catch((err: unknown) => log.error({ err, epicId: life.epicId }, "model.heldUnstored")),
    onEvent: (facts, event) => log.info(facts, event),
  };
}

/** How this process says which calls it holds. */
export function createGatewayHolds({ store, log, gateway }: Web): HoldCall {
  const onFailed = (err: unknown): void => log.warn({ err }, "model.unrenewed");
  return createHoldCall({ modelCalls: store.modelCalls, leaseMs: gateway.leaseMs, onFailed });
}

/** How calls that are over are booked. */
export function createGatewayBooking({ store, log, gateway }: Web): Booking {
  return createBooking({
    ...gateway,
    modelCalls: store.modelCalls,
    onNear: (fact) => tellNear(store, fact),
    onUnpriced: (model) => log.warn({ model }, "model.unpriced"),
  });
}

async function tellNear({ epics }: Web["store"], fact: BudgetFact): Promise<void> {
  const cause = { what: `the ${fact.count.level} budget nears its end`, actor: null };
  await epics.change(fact.life.epicId, cause, (view) => ({
    decision: budgetNears(view, fact),
    result: null,
  }));
}
