import { applyFacts } from "../domain/apply-facts.ts";
import { effectRefused } from "../domain/decide-effect.ts";
import type { Effect } from "../domain/effect.ts";
import type { EffectResult } from "../domain/effect-fact.ts";
import type { RestartRules } from "../domain/restarts.ts";
import { backoffMs } from "../lib/retry.ts";
import type { Note } from "../ports/epics.ts";
import type { QueuedEffect } from "../ports/spine.ts";
import type { Store } from "../ports/store.ts";
import { describeFailure, type Failure } from "./failure.ts";

export type LanePorts = {
  readonly store: Pick<Store, "epics" | "outbox">;
  /** Performs one effect; throws what the ports throw. */
  readonly perform: (queued: QueuedEffect) => Promise<EffectResult>;
  readonly onFailure: (queued: QueuedEffect, failure: Failure) => void;
  readonly settings: LaneSettings;
};

export type LaneSettings = {
  /** Names this process in the lane's row. */
  readonly holder: string;
  /** Renewed by heartbeat: how long the effects of a process that was killed wait for another. */
  readonly leaseMs: number;
  readonly maxAttempts: number;
  /** Looks at something that is not there yet, before it is given up. */
  readonly maxNotYet: number;
  /** Pause before looking again at something that is not there yet. */
  readonly notYetMs: number;
  /** Least wait after a request whose answer was lost; default {@link defaultInDoubtMs}. */
  readonly inDoubtMs?: number;
  readonly restarts: RestartRules;
};

/** GitHub may still be at it: looked for too early, what it makes would be made twice. */
const defaultInDoubtMs = 5_000;

/** Between two looks at something that is not there yet. */
const longestNotYetMs = 10_000;

/** Nobody may hold a lane for ever: others get their turn between bursts of one process. */
const maxPerClaim = 50;

/**
 * Performs a lane's due effects in order. Whoever else holds the lane performs them instead. An
 * effect that must wait holds those behind it: the lane's order is what makes them safe.
 *
 * @returns the number of effects that were finished
 */
export async function performLane(lane: string, ports: LanePorts): Promise<number> {
  const { outbox } = ports.store;
  const { holder, leaseMs } = ports.settings;
  const epoch = await outbox.claimLane(lane, holder, leaseMs);
  if (epoch === null) return 0;
  const heartbeat = setInterval(() => {
    // No answer is not a loss: the next beat, or the next transaction, finds out.
    outbox.renewLane(lane, epoch, leaseMs).catch(() => false);
  }, leaseMs / 3);
  let finished = 0;
  try {
    for (; finished < maxPerClaim; finished += 1) {
      const queued = await outbox.next(lane, epoch);
      if (!queued || !(await performOne(queued, epoch, ports))) break;
    }
  } finally {
    clearInterval(heartbeat);
    await outbox.releaseLane(lane, epoch);
  }
  return finished;
}

/** @returns false when the lane has to wait */
async function performOne(queued: QueuedEffect, epoch: number, ports: LanePorts): Promise<boolean> {
  const { outbox } = ports.store;
  const { maxAttempts, maxNotYet, notYetMs } = ports.settings;
  const waits = { firstWaitMs: notYetMs, longestWaitMs: longestNotYetMs };
  const result = await attempt(queued, ports);
  switch (result.kind) {
    case "done":
      await finish(queued, epoch, ports, result);
      return true;
    case "refused":
      await refuse(queued, epoch, ports, result);
      return true;
    case "notYet": {
      // What it waits for may never come: then those behind it must not wait for ever either.
      const looks = queued.looks + 1;
      const isSpent = looks >= maxNotYet;
      const { reason } = result;
      const wait = { reason, delayMs: backoffMs(looks, waits), isLook: true };
      if (isSpent) await refuse(queued, epoch, ports, result);
      else await outbox.postpone(queued.id, epoch, wait);
      return isSpent;
    }
    case "queued": {
      const { reason, delayMs, queue: queuedFor } = result;
      await outbox.postpone(queued.id, epoch, { reason, delayMs, isLook: false, queuedFor });
      return false;
    }
    case "failed": {
      ports.onFailure(queued, result);
      const isSpent = !result.isWeather || queued.attempts >= maxAttempts;
      const { reason } = result;
      const wait = { reason, delayMs: delayOf(queued, result, ports.settings), isLook: false };
      if (isSpent) await refuse(queued, epoch, ports, result);
      else await outbox.postpone(queued.id, epoch, wait);
      return isSpent;
    }
    default:
      return result satisfies never;
  }
}

async function attempt(queued: QueuedEffect, ports: LanePorts): Promise<EffectResult | Failure> {
  try {
    return await ports.perform(queued);
  } catch (error) {
    return describeFailure(error);
  }
}

function delayOf(queued: QueuedEffect, failure: Failure, settings: LaneSettings): number {
  const { inDoubtMs = defaultInDoubtMs } = settings;
  const leastMs = failure.isInDoubt ? inDoubtMs : 0;
  const waitMs = backoffMs(queued.attempts, { longestWaitMs: 60_000 });
  return Math.max(failure.retryInMs, leastMs, waitMs);
}

async function finish(
  queued: QueuedEffect,
  epoch: number,
  { store }: LanePorts,
  result: Extract<EffectResult, { kind: "done" }>,
): Promise<void> {
  await store.epics.change(queued.epicId, causeOf(queued), (view) => ({
    decision: applyFacts(view, result.facts),
    notes: [{ kind: "effectDone", id: queued.id, epoch }],
    result: null,
  }));
}

async function refuse(
  queued: QueuedEffect,
  epoch: number,
  { store, settings }: LanePorts,
  { reason, isBug = false }: { readonly reason: string; readonly isBug?: boolean },
): Promise<void> {
  const { effect, key: id } = queued;
  await store.epics.change(queued.epicId, causeOf(queued), (view) => ({
    decision: effectRefused(view, { effect, reason, id, isBug, restarts: settings.restarts }),
    notes: [
      { kind: "effectRefused", id: queued.id, epoch, reason },
      ...replyTo(effect, `${reason} (in the log: ${id}). Go on without it, or ask for help.`),
    ],
    result: null,
  }));
}

/** Nobody else will answer a call whose host gave up: its agent would wait for ever. */
function replyTo(effect: Effect, detail: string): readonly Note[] {
  if (effect.kind !== "hostOperation") return [];
  const { agent, callId } = effect;
  const reply = { isError: true, content: { error: "host-failed", detail } };
  return [{ kind: "toolReply", agent, callId, reply }];
}

function causeOf(queued: QueuedEffect) {
  return { what: `effect ${queued.effect.kind} ${queued.id}`, actor: null };
}
