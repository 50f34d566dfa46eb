import type { Logger } from "pino";
import { z } from "zod";
import { backoffMs } from "../src/lib/retry.ts";
import type { Delivery, Inbox } from "../src/ports/spine.ts";
import type { WorkerDefinition } from "./define-worker.ts";

/** Longer than any handler takes; a claim that is not finished by then is anyone's again. */
const claimMs = 60_000;
/** After this many tries a delivery is set aside: a handler that always fails must not stop the rest. */
const maxAttempts = 5;

export type DeliveriesPorts = {
  readonly inbox: Inbox;
  /** Hands a delivery to the webhooks. */
  readonly receive: (delivery: Delivery) => Promise<void>;
  readonly log: Logger;
};

/** Woken by the web process and by a tick; works off the inbox, oldest first. */
export function deliveriesWorker(
  ports: DeliveriesPorts,
): WorkerDefinition<Record<string, unknown>> {
  return {
    queue: "deliveries",
    concurrency: 1,
    data: z.looseObject({}),
    run: () => drainInbox(ports),
  };
}

export async function drainInbox(ports: DeliveriesPorts): Promise<void> {
  const { inbox, log } = ports;
  for (let next = await inbox.claim(claimMs); next; next = await inbox.claim(claimMs)) {
    const { guid, event, action, attempts } = next;
    try {
      await ports.receive(next);
      await inbox.done(guid);
      log.info({ delivery: guid, event, action }, "delivery.done");
    } catch (error) {
      const retryInMs = attempts >= maxAttempts ? null : backoffMs(attempts);
      const reason = error instanceof Error ? error.message : String(error);
      await inbox.failed(guid, reason, retryInMs);
      log.error({ delivery: guid, event, action, attempts, err: error }, "delivery.failed");
    }
  }
}
