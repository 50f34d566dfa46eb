import { createHmac } from "node:crypto";
import { request as httpRequest } from "node:http";
import { expect, test } from "vitest";
import { deliveries } from "../../src/http/deliveries.ts";
import { handlerOf } from "../../src/http/route.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { PortError } from "../../src/lib/port-error.ts";
import { Secret } from "../../src/lib/secret.ts";
import type { Delivery, Inbox } from "../../src/ports/spine.ts";
import { serve, startWeb, webhookSecret } from "./support/web.ts";

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const path = "/api/github/webhooks";

function sign(body: string | Buffer, secret = webhookSecret): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

function deliver(url: string, body: string, headers: Record<string, string> = {}) {
  return fetch(url + path, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-github-event": "issues",
      "x-github-delivery": "6f1b0c1e-0000-4000-8000-000000000001",
      "x-hub-signature-256": sign(body),
      ...headers,
    },
  });
}

async function statusOf(reply: Promise<Response>): Promise<readonly [number, string]> {
  const { status, ...rest } = await reply.then(async (answer) => ({
    status: answer.status,
    // Every answer here is an object of ours.
    ...((await answer.json()) as { error?: string }),
  }));
  return [status, rest.error ?? ""];
}

test("a signed delivery is stored whole before it is answered, and wakes a worker (S8, L1)", async () => {
  const web = await startWeb();
  const body = JSON.stringify({ action: "labeled", issue: { number: 12 } });

  const reply = await deliver(web.url, body);

  expect(reply.status).toBe(202);
  const claimed = await web.store.inbox.claim(1_000);
  expect(claimed).toMatchObject({
    guid: "6f1b0c1e-0000-4000-8000-000000000001",
    event: "issues",
    action: "labeled",
    payload: { action: "labeled", issue: { number: 12 } },
  });
  expect(web.wakes).toEqual([{ queue: "deliveries" }]);
});

test("the replay of a known delivery is a no-op (S8)", async () => {
  const web = await startWeb();
  await deliver(web.url, "{}");

  const replay = await deliver(web.url, "{}");

  expect(replay.status).toBe(200);
  expect(await web.store.inbox.claim(1_000)).not.toBeNull();
  expect(await web.store.inbox.claim(1_000)).toBeNull();
});

test("what is refused at the door is not stored: signature, size, JSON, headers (S8)", async () => {
  const web = await startWeb();
  const broken = "{";

  expect(
    await statusOf(deliver(web.url, "{}", { "x-hub-signature-256": sign("{}", "other") })),
  ).toEqual([401, "badSignature"]);
  expect(await statusOf(deliver(web.url, "{}", { "x-hub-signature-256": "" }))).toEqual([
    401,
    "badSignature",
  ]);
  // Nothing is parsed before the signature is right.
  expect(await statusOf(deliver(web.url, broken, { "x-hub-signature-256": "sha256=00" }))).toEqual([
    401,
    "badSignature",
  ]);
  expect(await statusOf(deliver(web.url, broken))).toEqual([400, "brokenJson"]);
  expect(await statusOf(deliver(web.url, "[]"))).toEqual([400, "wrongBody"]);
  expect(await statusOf(deliver(web.url, "{}", { "x-github-event": "" }))).toEqual([
    400,
    "noEvent",
  ]);
  expect(await statusOf(deliver(web.url, "{}", { "x-github-delivery": "" }))).toEqual([
    400,
    "noDeliveryId",
  ]);
  expect(
    await statusOf(deliver(web.url, "{}", { "content-type": "application/x-www-form-urlencoded" })),
  ).toEqual([400, "notJson"]);
  expect(await web.store.inbox.claim(1_000)).toBeNull();
});

test("an event nobody reads is acknowledged and not stored (S8)", async () => {
  const web = await startWeb();

  const reply = await deliver(web.url, "{}", { "x-github-event": "star" });

  expect(reply.status).toBe(202);
  expect(await web.store.inbox.claim(1_000)).toBeNull();
});

test("a payload above the cap is refused by its declared length and while it streams (S8)", async () => {
  const stored: Delivery[] = [];
  const url = await serveDeliveries({
    store: async (delivery) => {
      stored.push(delivery);
      return "stored";
    },
  });
  const large = JSON.stringify({ text: "x".repeat(2_000) });

  expect(await statusOf(deliver(url, large))).toEqual([413, "tooLarge"]);
  expect(await chunked(url, large)).toBe(413);
  expect(stored).toEqual([]);
});

test("while the database is away a delivery is answered 503, so that GitHub shows it as failed (S8)", async () => {
  const url = await serveDeliveries({
    store: () => Promise.reject(new PortError("postgres", "is away", { retryable: true })),
  });

  const reply = await deliver(url, "{}");

  expect(reply.status).toBe(503);
  expect(reply.headers.get("retry-after")).toBe("5");
});

test("a delivery is answered although the wake is lost (S8)", async () => {
  const events: string[] = [];
  const url = await serveDeliveries({ store: async () => "stored" }, events);

  const reply = await deliver(url, "{}");

  expect(reply.status).toBe(202);
  await awaitFact(
    "the lost wake is logged",
    () => events,
    (seen) => seen.includes("delivery.wakeLost"),
  );
});

test("answers carry security headers, and another method is refused (S10)", async () => {
  const web = await startWeb();

  const reply = await fetch(web.url + path);

  expect(reply.status).toBe(405);
  expect(reply.headers.get("allow")).toBe("POST");
  expect(Object.fromEntries(reply.headers)).toMatchObject({
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "content-security-policy": expect.stringContaining("default-src 'none'"),
  });
  expect(reply.headers.get("access-control-allow-origin")).toBeNull();
});

function serveDeliveries(inbox: Pick<Inbox, "store">, events: string[] = []): Promise<string> {
  const log = { ...silent, warn: (_facts: object, event: string) => void events.push(event) };
  const queues = {
    wake: () => Promise.reject(new PortError("redis", "is away", { retryable: true })),
    ping: async () => {},
  };
  const route = deliveries({
    inbox,
    queues,
    webhookSecret: new Secret(webhookSecret),
    knownEvents: new Set(["issues"]),
    maxBytes: 1_000,
    log,
  });
  return serve([handlerOf(route, log)]);
}

/** A body of no declared length. */
function chunked(url: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url + path, { method: "POST" }, (reply) => {
      reply.resume();
      resolve(reply.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.write(body.slice(0, 500));
    sent.end(body.slice(500));
  });
}
