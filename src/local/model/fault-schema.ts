import { z } from "zod";

const reach = {
  /** How many calls it strikes. */
  times: z.union([z.int().min(1), z.literal("many")], "a number from 1 on, or `many`").default(1),
  /** How many matching calls pass before it strikes. */
  after: z.int().min(0).default(0),
  role: z.enum(["supervisor", "worker", "orchestrator"]).optional(),
};

/** One way for the provider to fail, and whom it strikes. */
export const faultSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...reach,
    kind: z.literal("status"),
    status: z.int().min(400).max(599),
    retryAfterSeconds: z.number().min(0).optional(),
    message: z.string().min(1).optional(),
  }),
  z.strictObject({ ...reach, kind: z.literal("cut"), afterEvents: z.int().min(0) }),
  z.strictObject({ ...reach, kind: z.literal("stream-error"), afterEvents: z.int().min(1) }),
  z.strictObject({ ...reach, kind: z.literal("slow"), chunkMs: z.int().min(1).max(60_000) }),
  z.strictObject({ ...reach, kind: z.literal("hang"), hangMs: z.int().min(1).max(3_600_000) }),
  z.strictObject({
    ...reach,
    kind: z.literal("invalid-json"),
    where: z.enum(["event", "input"]).default("event"),
  }),
]);

export type Fault = z.infer<typeof faultSchema>;
