import type { Logger } from "pino";
import { z } from "zod";
import { retryInMs } from "../src/effects/failure.ts";
import { PortError } from "../src/lib/port-error.ts";
import { backoffMs } from "../src/lib/retry.ts";
import type { ClaimedDelivery, Delivery, Inbox } from "../src/ports/spine.ts";
import type { WorkerDefinition } from "./define-worker.ts";

export type DeliveryLimits = {
  /** Longer than any handler takes; a claim that is not finished by then is anyone's again. */
  readonly claimMs: number;
  /** Failures of a delivery's own: a handler that always fails must not be tried for ever. */
  readonly maxAttempts: number;
  /** Claims in a row that nobody finished: far more than kills, few enough to end a crash loop. */
  readonly maxClaims: number;
  /** How long the outside may be out of reach before a delivery is given up. */
  readonly longestWeatherMs: number;
  /**
   * How long one that fails holds up the younger ones of its repository. Long enough for order to
   * outlive a hiccup of GitHub's; short enough that a person's cancel does not wait for an event
   * that nobody can handle. Later only the order is lost, never a delivery.
   */
  readonly blocksMs: number;
  /** How often one is looked at again that came before what it is about; about 7 minutes. */
  readonly maxEarly: number;
  /** Between two tries while the outside is out of reach. */
  readonly longestWaitMs: number;
};

const defaultDeliveryLimits: DeliveryLimits = {
  claimMs: 60_000,
  maxAttempts: 5,
  maxClaims: 20,
  longestWeatherMs: 24 * 60 * 60_000,
  blocksMs: 2 * 60_000,
  maxEarly: 11,
  longestWaitMs: 5 * 60_000,
};

export type DeliveriesPorts = {
  readonly inbox: Inbox;
  /** Hands a delivery to the webhooks; `early` when what it is about is not known yet. */
  readonly receive: (delivery: Delivery) => Promise<"early" | undefined>;
  readonly log: Logger;
  readonly limits?: DeliveryLimits;
};

/** Woken by the web process; a tick drains the same inbox, so both are handed the same `drain`. */
export function deliveriesWorker(
  drain: () => Promise<void>,
): WorkerDefinition<Record<string, unknown>> {
  return {
    queue: "deliveries",
    concurrency: 1,
    data: z.looseObject({}),
    run: drain,
  };
}

/** Works off the inbox, oldest first. */
export async function drainInbox(ports: DeliveriesPorts): Promise<void> {
  const { inbox, limits = defaultDeliveryLimits } = ports;
  const claim = () => inbox.claim(limits.claimMs, limits.blocksMs);
  for (let next = await claim(); next; next = await claim()) await take(next, ports, limits);
}

async function take(
  delivery: ClaimedDelivery,
  ports: DeliveriesPorts,
  limits: DeliveryLimits,
): Promise<void> {
  const { guid, event, action, claims } = delivery;
  const { inbox, log } = ports;
  if (claims > limits.maxClaims)
    return await setAside(delivery, `${claims - 1} claims were cut off`, ports);
  try {
    const outcome = await ports.receive(delivery);
    if (outcome === "early" && (await isPutOff(delivery, ports, limits))) return;
    await inbox.done(guid);
    log.info({ delivery: guid, event, action }, "delivery.done");
  } catch (thrown) {
    const error = causeOf(thrown);
    if (error instanceof PortError && error.retryable)
      await bookWeather(delivery, error, ports, limits);
    else await bookFailure(delivery, error, ports, limits);
  }
}

/** Waits for another delivery to make known what this one is about, but not for ever. */
async function isPutOff(
  { guid, event, action, postponed }: ClaimedDelivery,
  { inbox, log }: DeliveriesPorts,
  { maxEarly, longestWaitMs }: DeliveryLimits,
): Promise<boolean> {
  const facts = { delivery: guid, event, action };
  if (postponed >= maxEarly) {
    log.warn({ ...facts, looks: postponed + 1 }, "delivery.withoutEpic");
    return false;
  }
  const delayMs = backoffMs(postponed + 1, { longestWaitMs });
  await inbox.early(guid, "its issue or pull request is not known yet", delayMs);
  log.info({ ...facts, delayMs }, "delivery.early");
  return true;
}

/** The outside could not answer: that says nothing about the delivery. */
async function bookWeather(
  delivery: ClaimedDelivery,
  error: PortError,
  ports: DeliveriesPorts,
  limits: DeliveryLimits,
): Promise<void> {
  const { guid, event, action, postponed, failingForMs } = delivery;
  const { message: reason } = error;
  if (failingForMs >= limits.longestWeatherMs) return await setAside(delivery, reason, ports);
  const waitMs = backoffMs(postponed + 1, { longestWaitMs: limits.longestWaitMs });
  const delayMs = Math.max(waitMs, retryInMs(error));
  await ports.inbox.postponed(guid, reason, delayMs);
  ports.log.warn({ delivery: guid, event, action, reason, delayMs }, "delivery.postponed");
}

async function bookFailure(
  delivery: ClaimedDelivery,
  error: unknown,
  ports: DeliveriesPorts,
  limits: DeliveryLimits,
): Promise<void> {
  const { guid, event, action } = delivery;
  const attempts = delivery.attempts + 1;
  const reason = error instanceof Error ? error.message : String(error);
  ports.log.error({ delivery: guid, event, action, attempts, err: error }, "delivery.failed");
  if (attempts >= limits.maxAttempts) await setAside(delivery, reason, ports);
  else await ports.inbox.failed(guid, reason, backoffMs(attempts));
}

async function setAside(
  { guid, event, action }: ClaimedDelivery,
  reason: string,
  { inbox, log }: DeliveriesPorts,
): Promise<void> {
  await inbox.failed(guid, reason, null);
  log.error({ delivery: guid, event, action, reason }, "delivery.setAside");
}

/** Probot wraps what a handler threw; with one handler for an event there is one error in it. */
function causeOf(thrown: unknown): unknown {
  return thrown instanceof AggregateError && thrown.errors.length === 1 ? thrown.errors[0] : thrown;
}
