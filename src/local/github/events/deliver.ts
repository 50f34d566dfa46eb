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

/** A running deliverer. */
export type Deliverer = {
  readonly wake: () => void;
  /** Begins no more deliveries, and waits for those under way. */
  readonly close: () => Promise<void>;
};

const RESPONSE_LIMIT = 10_000;

/** Starts sending; call `wake` after storing deliveries. */
export function startDeliverer(world: () => World, options: DeliverOptions): Deliverer {
  const running = new Map<number, { readonly appId: number; readonly done: Promise<void> }>();
  const held = new Set<number>();
  let closed = false;
  let scheduled = false;

  const beginSome = (): void => {
    scheduled = false;
    if (closed) return;
    for (const delivery of world().tables.deliveries.find({ state: "waiting" })) {
      if (running.has(delivery.id) || held.has(delivery.id)) continue;
      const busy = [...running.values()].filter(({ appId }) => appId === delivery.appId);
      if (busy.length < options.concurrency) begin(delivery);
    }
  };
  const wake = (): void => {
    if (scheduled || closed) return;
    scheduled = true;
    setImmediate(beginSome);
  };
  const begin = (delivery: DeliveryRow): void => {
    const fault = options.fault(delivery);
    if (fault === "webhook-reorder") {
      held.add(delivery.id);
      const release = () => {
        held.delete(delivery.id);
        if (!closed) run(delivery, null);
      };
      setTimeout(release, options.reorderHoldMs).unref();
      return;
    }
    run(delivery, fault);
  };
  const run = (delivery: DeliveryRow, fault: DeliveryFault | null): void => {
    const done = send(world(), delivery, options, fault).finally(() => {
      running.delete(delivery.id);
      wake();
    });
    running.set(delivery.id, { appId: delivery.appId, done });
  };
  const close = async (): Promise<void> => {
    closed = true;
    await Promise.all([...running.values()].map(({ done }) => done));
  };
  return { wake, close };
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
