// The App's webhook: where it goes, and the log of what was sent.

import { notFound } from "../server/github-error.ts";
import { pageOf } from "../server/paging.ts";
import { type Call, ok, plainRoute, type Reply } from "../server/route.ts";
import type { DeliveryRow } from "../store/deliveries.ts";
import { timestamp, type World } from "../world.ts";
import { appOf } from "./app.ts";
import { numberParam } from "./find.ts";

const DELIVERIES_KEPT_MS = 3 * 24 * 60 * 60 * 1000;

export const appHookRoutes = [
  plainRoute({
    method: "GET",
    template: "/app/hook/config",
    access: "app",
    handle: (_, call) => {
      const { webhookUrl } = appOf(call.caller);
      const url = webhookUrl === null ? {} : { url: webhookUrl };
      return ok({ content_type: "json", insecure_ssl: "0", secret: "********", ...url });
    },
  }),
  plainRoute({
    method: "GET",
    template: "/app/hook/deliveries",
    access: "app",
    handle: listDeliveries,
  }),
  plainRoute({
    method: "GET",
    template: "/app/hook/deliveries/{delivery_id}",
    access: "app",
    handle: (world, call) => ok(renderDelivery(findDelivery(world, call))),
  }),
  plainRoute({
    method: "POST",
    template: "/app/hook/deliveries/{delivery_id}/attempts",
    access: "app",
    handle: redeliver,
  }),
];

function listDeliveries(world: World, call: Call): Reply {
  const appId = appOf(call.caller).id;
  const { size } = pageOf(call.query);
  const cursor = call.query.get("cursor");
  const status = call.query.get("status");
  const oldest = world.now() - DELIVERIES_KEPT_MS;
  const rows = world.tables.deliveries
    .find({ appId, state: "done" })
    .filter((row) => row.deliveredAt >= oldest)
    .filter((row) => status === null || (status === "success") === isSuccess(row))
    .sort((a, b) => b.id - a.id)
    .filter((row) => cursor === null || row.id <= Number(cursor));
  const next = rows[size];
  const url = new URL(`${world.origin}/api/v3${call.path}`);
  if (next !== undefined) url.searchParams.set("cursor", String(next.id));
  const link = next === undefined ? {} : { link: `<${url.href}>; rel="next"` };
  return { status: 200, body: rows.slice(0, size).map(renderDeliveryItem), headers: link };
}

function redeliver(world: World, call: Call): Reply {
  const { id: _, ...old } = findDelivery(world, call);
  world.transaction(() => {
    world.tables.deliveries.insert({
      ...old,
      redelivery: true,
      state: "waiting",
      createdAt: world.now(),
    });
  });
  world.wakeDeliveries();
  return { status: 202, body: {} };
}

function renderDeliveryItem(row: DeliveryRow) {
  return {
    id: row.id,
    guid: row.guid,
    delivered_at: timestamp(row.deliveredAt),
    redelivery: row.redelivery,
    duration: row.durationMs / 1000,
    status: row.status,
    status_code: row.statusCode,
    event: row.event,
    action: row.action,
    installation_id: row.installationId,
    repository_id: row.repositoryId,
    throttled_at: null,
  };
}

function renderDelivery(row: DeliveryRow) {
  return {
    ...renderDeliveryItem(row),
    request: { headers: row.requestHeaders, payload: JSON.parse(row.payload) },
    response: { headers: row.responseHeaders, payload: row.responseBody },
  };
}

function isSuccess(row: DeliveryRow): boolean {
  return row.statusCode >= 200 && row.statusCode < 400;
}

function findDelivery(world: World, call: Call): DeliveryRow {
  const row = world.tables.deliveries.get(numberParam(call, "delivery_id"));
  if (row === null || row.appId !== appOf(call.caller).id || row.state !== "done") throw notFound();
  return row;
}
