import { Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { z } from "zod";
import { systemClock } from "../src/lib/clock.ts";
import { PortError } from "../src/lib/port-error.ts";

// The one place where our errors become BullMQ verdicts: every job is a wake, so a failed one is
// logged and dropped. What it should have done is still in the database, and a tick finds it.

/** Short, because jobs are short: a killed worker's wakes are taken over within seconds. */
const lockMs = 10_000;
const stalledCheckMs = 5_000;

/** How long closing takes at most while Redis is away. */
const awayLimitMs = 2_000;

export type WorkerDefinition<Data> = {
  readonly queue: string;
  readonly concurrency: number;
  /** Ids only; validated on arrival. */
  readonly data: z.ZodType<Data>;
  readonly run: (data: Data) => Promise<void>;
};

export type RunningWorker = { readonly close: () => Promise<void> };

export type WorkerConnection = {
  readonly redis: Redis;
  readonly prefix: string;
  readonly log: Logger;
};

/** Starts a queue's worker. Its jobs never fail the queue: failures are logged with their ids. */
export function startWorker<Data>(
  definition: WorkerDefinition<Data>,
  { redis, prefix, log }: WorkerConnection,
): RunningWorker {
  const { queue, concurrency, data, run } = definition;
  const worker = new Worker(
    queue,
    async (job) => await runLogged(queue, async () => await run(data.parse(job.data)), log),
    {
      connection: redis,
      prefix,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: stalledCheckMs,
      maxStalledCount: 1_000,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      drainDelay: 5,
    },
  );
  worker.on("error", (error) => log.warn({ queue, reason: error.message }, "worker.trouble"));
  return {
    close: async () => {
      // Without Redis BullMQ would wait for it for ever; what is cut off is found by the ticks.
      const isAway = redis.status !== "ready";
      const closing = worker
        .close(isAway)
        .catch((error: unknown) => log.warn({ queue, err: error }, "worker.trouble"));
      await (isAway ? Promise.race([closing, systemClock.sleep(awayLimitMs)]) : closing);
    },
  };
}

/** Runs work that a wake or a tick asked for; whatever it throws is logged, never passed on. */
export async function runLogged(
  what: string,
  work: () => Promise<void>,
  log: Logger,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof PortError)
      log.warn({ what, port: error.port, reason: error.message }, "work.failed");
    else log.error({ what, err: error }, "work.broke");
  }
}
