// Sends what waits in the delivery log: signed, begun in order of creation per App, a few at once,
// each tried once. What had no answer when the process died is sent after the restart.

import { createHmac } from "node:crypto";
import type { AppRow } from "../store/accounts.ts";
import type { DeliveryRow } from "../store/deliveries.ts";
import type { World } from "../world.ts";

/** A fault a test asked for, to be done to the next delivery that fits. */
export type DeliveryFault = "webhook-drop" | "webhook-duplicate" | "webhook-reorder";

/** How deliveries are sent; `fault` is asked once per delivery. */
export type DeliverOptions = {
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly reorderHoldMs: number;
  readonly fault: (delivery: DeliveryRow) => DeliveryFault | null;
  readonly sent: (delivery: DeliveryRow) => void;
};

const RESPONSE_LIMIT = 10_000;

/** Sends what waits; call `wake` after storing deliveries. */
export class Deliverer {
  readonly #world: () => World;
  readonly #options: DeliverOptions;
  readonly #running = new Map<number, { readonly appId: number; readonly done: Promise<void> }>();
  readonly #held = new Set<number>();
  #closed = false;
  #scheduled = false;

  constructor(world: () => World, options: DeliverOptions) {
    this.#world = world;
    this.#options = options;
  }

  /** Looks at the log soon: after the transaction that is under way. */
  wake(): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#closed) this.#beginSome();
    });
  }

  /** Begins no more deliveries, and waits for those under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  #beginSome(): void {
    for (const delivery of this.#world().tables.deliveries.find({ state: "waiting" })) {
      if (this.#running.has(delivery.id) || this.#held.has(delivery.id)) continue;
      const busy = [...this.#running.values()].filter(({ appId }) => appId === delivery.appId);
      if (busy.length < this.#options.concurrency) this.#begin(delivery);
    }
  }

  #begin(delivery: DeliveryRow): void {
    const fault = this.#options.fault(delivery);
    if (fault === "webhook-reorder") this.#hold(delivery);
    else this.#run(delivery, fault);
  }

  #hold(delivery: DeliveryRow): void {
    this.#held.add(delivery.id);
    const release = () => {
      this.#held.delete(delivery.id);
      if (!this.#closed) this.#run(delivery, null);
    };
    setTimeout(release, this.#options.reorderHoldMs).unref();
  }

  #run(delivery: DeliveryRow, fault: DeliveryFault | null): void {
    const done = send(this.#world(), delivery, this.#options, fault).finally(() => {
      this.#running.delete(delivery.id);
      this.wake();
    });
    this.#running.set(delivery.id, { appId: delivery.appId, done });
  }
}

async function send(
  world: World,
  delivery: DeliveryRow,
  options: DeliverOptions,
  fault: DeliveryFault | null,
): Promise<void> {
  const app = world.tables.apps.get(delivery.appId);
  const startedAt = world.now();
  const begun = performance.now();
  const outcome =
    app === null || app.webhookUrl === null || fault === "webhook-drop"
      ? failure("failed to connect to host", 502)
      : await post(app.webhookUrl, headersOf(app, delivery), delivery.payload, options.timeoutMs);
  if (app !== null && app.webhookUrl !== null && fault === "webhook-duplicate") {
    await post(app.webhookUrl, headersOf(app, delivery), delivery.payload, options.timeoutMs);
  }
  const finished = world.transaction(() =>
    world.tables.deliveries.update(delivery.id, {
      state: "done",
      deliveredAt: startedAt,
      durationMs: Math.round(performance.now() - begun),
      requestHeaders: app === null ? {} : headersOf(app, delivery),
      ...outcome,
    }),
  );
  options.sent(finished);
}

type Outcome = Pick<DeliveryRow, "status" | "statusCode" | "responseHeaders" | "responseBody">;

async function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  timeoutMs: number,
): Promise<Outcome> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, {
      method: "POST",
      headers,
      body,
      signal,
      redirect: "manual",
    });
    const text = await response.text();
    return {
      status: response.ok ? "OK" : response.statusText || "Invalid HTTP Response",
      statusCode: response.status,
      responseHeaders: Object.fromEntries(response.headers),
      responseBody: text.slice(0, RESPONSE_LIMIT),
    };
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === "TimeoutError";
    return timedOut ? failure("timed out", 504) : failure("failed to connect to host", 502);
  }
}

function failure(status: string, statusCode: number): Outcome {
  return { status, statusCode, responseHeaders: {}, responseBody: "" };
}

function headersOf(app: AppRow, delivery: DeliveryRow): Record<string, string> {
  const sign = (algorithm: string) =>
    createHmac(algorithm, app.webhookSecret).update(delivery.payload).digest("hex");
  return {
    accept: "*/*",
    "content-type": "application/json",
    "user-agent": "GitHub-Hookshot/local",
    "x-github-delivery": delivery.guid,
    "x-github-event": delivery.event,
    "x-github-hook-id": String(app.id + 10_000_000),
    "x-github-hook-installation-target-id": String(app.id),
    "x-github-hook-installation-target-type": "integration",
    "x-hub-signature": `sha1=${sign("sha1")}`,
    "x-hub-signature-256": `sha256=${sign("sha256")}`,
  };
}
