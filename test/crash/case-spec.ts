import { z } from "zod";

/** Where a process is killed: before a call, after it with its answer not stored, or unanswered. */
export const points = ["before", "after", "reply lost"] as const;

/** What a child that performs one thing is told; a file of ours alone, because it holds a key. */
export const caseSpec = z.object({
  databaseUrl: z.string(),
  gitHub: z.object({ url: z.string(), appId: z.number(), privateKey: z.string() }),
  host: z.object({ dataDir: z.string(), runtimeDir: z.string(), brokerSocket: z.string() }),
  epicId: z.number(),
  /** The lane that is performed; null lands the epic's queue. */
  lane: z.string().nullable(),
  /** null for the child that is to finish. */
  death: z
    .object({
      /** Which of the calls that change something, counted from 0. */
      call: z.number(),
      point: z.enum(points),
    })
    .nullable(),
});

export type CaseSpec = z.infer<typeof caseSpec>;
