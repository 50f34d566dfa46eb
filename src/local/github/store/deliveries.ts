// The webhook delivery log. A row exists before the request that caused it is answered.

import { z } from "zod";

export const deliveryRow = z.strictObject({
  id: z.number(),
  appId: z.number(),
  guid: z.string(),
  event: z.string(),
  action: z.string().nullable(),
  installationId: z.number().nullable(),
  repositoryId: z.number().nullable(),
  payload: z.string(),
  redelivery: z.boolean(),
  state: z.enum(["waiting", "done"]),
  createdAt: z.number(),
  deliveredAt: z.number(),
  durationMs: z.number(),
  status: z.string(),
  statusCode: z.number(),
  requestHeaders: z.record(z.string(), z.string()),
  responseHeaders: z.record(z.string(), z.string()),
  responseBody: z.string(),
});
export type DeliveryRow = z.infer<typeof deliveryRow>;
