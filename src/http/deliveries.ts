import { createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { z } from "zod";
import type { Secret } from "../lib/secret.ts";
import type { Queues } from "../ports/queues.ts";
import type { Delivery, Inbox } from "../ports/spine.ts";
import { isSame } from "./is-same.ts";
import { parseJson, unreadReply } from "./json-body.ts";
import type { Log } from "./log.ts";
import { defaultBodyTimeoutMs, readBody } from "./read-body.ts";
import { type Reply, refusal } from "./reply.ts";
import type { Route } from "./route.ts";

// GitHub's webhooks on their way into the inbox. Answers once a delivery is durable, never after
// doing anything about it.

/** GitHub's own cap on a payload. */
const defaultMaxDeliveryBytes = 25 * 1024 * 1024;

export type DeliveriesOptions = {
  readonly inbox: Pick<Inbox, "store">;
  readonly queues: Queues;
  readonly webhookSecret: Secret;
  /** Events somebody here reads; others are acknowledged and forgotten. */
  readonly knownEvents: ReadonlySet<string>;
  readonly maxBytes?: number;
  readonly log: Log;
};

const payloadShape = z.looseObject({ action: z.string().max(100).optional() });
const guidShape = /^[\w-]{1,100}$/;
const eventShape = /^[a-z_]{1,100}$/;

export function deliveries(options: DeliveriesOptions): Route {
  const limits = {
    maxBytes: options.maxBytes ?? defaultMaxDeliveryBytes,
    timeoutMs: defaultBodyTimeoutMs,
  };
  return {
    method: "POST",
    path: "/api/github/webhooks",
    answer: async ({ req }) => {
      const body = await readBody(req, limits);
      if (body.kind !== "read") return unreadReply(body, limits);
      if (!isSigned(req, body.bytes, options.webhookSecret)) {
        options.log.warn({ guid: headerOf(req, "x-github-delivery") }, "delivery.badSignature");
        return refusal(401, "badSignature", "X-Hub-Signature-256 does not match the body.");
      }
      const delivery = deliveryOf(req, body.bytes);
      return "status" in delivery ? delivery : await take(delivery, options);
    },
  };
}

function isSigned(req: IncomingMessage, bytes: Buffer, secret: Secret): boolean {
  const expected = createHmac("sha256", secret.reveal()).update(bytes).digest("hex");
  return isSame(headerOf(req, "x-hub-signature-256"), `sha256=${expected}`);
}

function deliveryOf(req: IncomingMessage, bytes: Buffer): Delivery | Reply {
  const guid = headerOf(req, "x-github-delivery");
  const event = headerOf(req, "x-github-event");
  if (!guidShape.test(guid))
    return refusal(400, "noDeliveryId", "X-GitHub-Delivery is missing or malformed.");
  if (!eventShape.test(event))
    return refusal(400, "noEvent", "X-GitHub-Event is missing or malformed.");
  if (!headerOf(req, "content-type").startsWith("application/json"))
    return refusal(400, "notJson", "Set the webhook's content type to application/json.");
  const payload = parseJson(bytes);
  if (payload === undefined) return refusal(400, "brokenJson", "The body is not JSON.");
  const parsed = payloadShape.safeParse(payload);
  if (!parsed.success)
    return refusal(400, "wrongBody", "The payload is not an object of GitHub's.");
  return { guid, event, action: parsed.data.action ?? null, payload };
}

async function take(delivery: Delivery, options: DeliveriesOptions): Promise<Reply> {
  const { guid, event, action } = delivery;
  if (!options.knownEvents.has(event))
    return { status: 202, body: { guid, stored: false, detail: `Nobody here reads ${event}.` } };
  const outcome = await options.inbox.store(delivery);
  options.log.info({ guid, event, action, outcome }, "delivery.received");
  if (outcome === "known") return { status: 200, body: { guid, stored: false, detail: "Known." } };
  wakeLater(guid, options);
  return { status: 202, body: { guid, stored: true } };
}

/** The delivery is durable: GitHub's answer neither waits for Redis nor fails with it. */
function wakeLater(guid: string, { queues, log }: DeliveriesOptions): void {
  queues.wake({ queue: "deliveries" }).catch((err: unknown) => {
    log.warn({ guid, err }, "delivery.wakeLost");
  });
}

function headerOf(req: IncomingMessage, name: string): string {
  const value = req.headers[name];
  return typeof value === "string" ? value : "";
}
