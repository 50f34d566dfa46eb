import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { PortError } from "../../lib/port-error.ts";
import type { Queues, Wake } from "../../ports/queues.ts";

/** How long an answer is awaited where someone waits for one: a probe, and closing. */
const answerLimitMs = 2_000;
/** Wakes on their way at once: a Redis that swallows them must not fill our memory. */
const maxOnTheWay = 1_000;
const connectTimeoutMs = 5_000;

export type QueueNames = {
  /** One agents queue per host, so that a life starts where its worktree is. */
  readonly host: string;
  /** Lets several products share one Redis. */
  readonly prefix: string;
};

/** Connection for BullMQ's workers: blocking commands wait for ever, so retries are its own affair. */
export function redisConnection(url: string): Redis {
  return connect(url, { enableOfflineQueue: true });
}

function connect(url: string, options: { readonly enableOfflineQueue: boolean }): Redis {
  const redis = new Redis(url, {
    ...options,
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
 * Wakes workers through BullMQ. Waking neither fails nor delays its caller: while Redis is away
 * wakes are dropped, the ticks find the work. Deduplicated by what is woken; the last wake is kept
 * while a job runs.
 */
export function createQueues(url: string, names: QueueNames): Queues & { close(): Promise<void> } {
  // Commands that wait for Redis to come back would be old wakes by then.
  const connection = connect(url, { enableOfflineQueue: false });
  const queues = new Map<string, Queue>();
  const onTheWay = new Set<Promise<unknown>>();
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
      if (connection.status !== "ready" || onTheWay.size >= maxOnTheWay) return;
      const added = queueOf(queueNameOf(wake, names))
        .add("wake", dataOf(wake), {
          deduplication: { id: idOf(wake), keepLastIfActive: true },
          removeOnComplete: true,
          removeOnFail: true,
        })
        // A wake that is lost is found by a tick; nobody can do more about it.
        .catch(() => null)
        .finally(() => onTheWay.delete(added));
      onTheWay.add(added);
    },
    ping: async () => {
      const answer = await inTime(connection.ping()).catch(() => null);
      if (answer !== "PONG")
        throw new PortError("redis", "Redis does not answer", { retryable: true });
    },
    close: async () => {
      await inTime(Promise.all(onTheWay));
      await inTime(Promise.all([...queues.values()].map((queue) => queue.close())));
      connection.disconnect();
    },
  };
}

/** null when it takes too long. */
async function inTime<Result>(work: Promise<Result>): Promise<Result | null> {
  work.catch(() => null);
  return await Promise.race([work, delay(answerLimitMs)]);
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
