import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { PortError } from "../../lib/port-error.ts";
import type { Queues, Wake } from "../../ports/queues.ts";

/** A wake is worth nothing once it is old: what it pointed at is found by the ticks. */
const wakeLimitMs = 2_000;
const connectTimeoutMs = 5_000;

export type QueueNames = {
  /** One agents queue per host, so that a life starts where its worktree is. */
  readonly host: string;
  /** Lets several products share one Redis. */
  readonly prefix: string;
};

/** Connection for BullMQ: blocking commands must wait for ever, so retries are its own affair. */
export function redisConnection(url: string): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: null,
    connectTimeout: connectTimeoutMs,
    retryStrategy: (attempt) => Math.min(2_000, 50 * attempt),
  });
  // A connection without a listener ends the process when Redis goes away; it reconnects by itself.
  redis.on("error", () => {});
  return redis;
}

/** The BullMQ queue a wake goes to; agents have one per host. */
function queueNameOf(wake: Wake, names: QueueNames): string {
  return wake.queue === "agents" ? `agents-${names.host}` : wake.queue;
}

/**
 * Wakes workers through BullMQ. Waking never fails its caller: Redis may be away, the ticks find
 * the work. Deduplicated by what is woken; the last wake is kept while a job runs.
 */
export function createQueues(url: string, names: QueueNames): Queues & { close(): Promise<void> } {
  const connection = redisConnection(url);
  const queues = new Map<string, Queue>();
  const queueOf = (name: string): Queue => {
    const known = queues.get(name);
    if (known) return known;
    const queue = new Queue(name, { connection, prefix: names.prefix });
    // Trouble with Redis is weather here: it reconnects, and the ticks find the work meanwhile.
    queue.on("error", () => {});
    queues.set(name, queue);
    return queue;
  };
  return {
    wake: async (wake) => {
      const id = idOf(wake);
      const added = queueOf(queueNameOf(wake, names)).add("wake", dataOf(wake), {
        deduplication: { id, keepLastIfActive: true },
        removeOnComplete: true,
        removeOnFail: true,
      });
      await Promise.race([added, delay(wakeLimitMs)]).catch(() => null);
      added.catch(() => null);
    },
    ping: async () => {
      const answer = await Promise.race([connection.ping(), delay(wakeLimitMs)]);
      if (answer !== "PONG")
        throw new PortError("redis", "Redis does not answer", { retryable: true });
    },
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      connection.disconnect();
    },
  };
}

function idOf(wake: Wake): string {
  if ("lane" in wake) return wake.lane;
  return "epicId" in wake ? `epic/${wake.epicId}` : wake.queue;
}

function dataOf(wake: Wake): object {
  const { queue: _queue, ...data } = wake;
  return data;
}

function delay(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, ms, null).unref());
}
