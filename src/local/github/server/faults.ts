// Faults asked for by a test or an operator, taken from a list as requests and deliveries fit them.

import { z } from "zod";
import type { DeliveryFault } from "../events/deliver.ts";
import type { DeliveryRow } from "../store/deliveries.ts";

const times = z.int().positive().default(1);
const requestMatch = {
  method: z.string().optional(),
  /** A regular expression on the path after `/api/v3`, with its query; git and GraphQL paths as they are. */
  path: z.string().default(""),
  times,
};
const eventMatch = { event: z.string().optional(), action: z.string().optional(), times };

/** One fault: what it does, to which requests or deliveries, how often. */
export const faultSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(400).max(599),
    body: z.record(z.string(), z.unknown()).optional(),
    headers: z.record(z.string(), z.string()).optional(),
    ...requestMatch,
  }),
  z.strictObject({ kind: z.literal("drop-before"), ...requestMatch }),
  z.strictObject({ kind: z.literal("drop-after"), ...requestMatch }),
  z.strictObject({ kind: z.literal("delay"), delayMs: z.int().positive(), ...requestMatch }),
  z.strictObject({ kind: z.literal("webhook-drop"), ...eventMatch }),
  z.strictObject({ kind: z.literal("webhook-duplicate"), ...eventMatch }),
  z.strictObject({ kind: z.literal("webhook-reorder"), ...eventMatch }),
]);
export type Fault = z.infer<typeof faultSchema>;
/** A fault as it is asked for; `times` is 1 and `path` everything unless said. */
export type FaultWish = z.input<typeof faultSchema>;
export type RequestFault = Extract<Fault, { path: string }>;

/** The faults still to be done. */
export class Faults {
  #waiting: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** What is still to be done, with how often. */
  list(): readonly (Fault & { readonly left: number })[] {
    return this.#waiting.map(({ fault, left }) => ({ ...fault, left }));
  }

  /** The fault for this request, or null; taking it uses it up. */
  takeForRequest(method: string, path: string): RequestFault | null {
    const found = this.#waiting.find(({ fault }) => "path" in fault && fits(fault, method, path));
    if (found === undefined || !("path" in found.fault)) return null;
    this.#use(found);
    return found.fault;
  }

  /** The fault for this delivery, or null; taking it uses it up. */
  takeForDelivery(delivery: DeliveryRow): DeliveryFault | null {
    const found = this.#waiting.find(
      ({ fault }) =>
        !("path" in fault) &&
        (fault.event ?? delivery.event) === delivery.event &&
        (fault.action ?? delivery.action) === delivery.action,
    );
    if (found === undefined || "path" in found.fault) return null;
    this.#use(found);
    return found.fault.kind;
  }

  #use(entry: { left: number }): void {
    entry.left -= 1;
    this.#waiting = this.#waiting.filter(({ left }) => left > 0);
  }
}

function fits(fault: RequestFault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  return new RegExp(fault.path, "u").test(path);
}
