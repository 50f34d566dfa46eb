import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { awaitInDemo, type DemoRun, type Watch } from "../support/demo-run.ts";

export type Disturbance = {
  readonly run: DemoRun;
  readonly watch: Watch;
  readonly redis: Redis;
};

/** The demo's own Redis, by the address that the product was given. */
export function openRedis(dataDir: string): Redis {
  const url = readFileSync(join(dataDir, "secrets", "redis-url"), "utf8").trim();
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  redis.on("error", () => {});
  return redis;
}

const reached = (noun: string, key: string, state: string): string =>
  `exists (select from history where noun = '${noun}' and noun_key like '${key}' and to_state = '${state}')`;

/** Moments of the demo at which everything in Redis goes at once. */
const flushMoments: readonly string[] = [
  "exists (select from epics)",
  "exists (select from tasks where issue_number is not null)",
  reached("agent", "worker/%", "RUNNING"),
  reached("task", "%", "PENDING_REVIEW"),
  reached("task", "%", "APPROVED"),
  reached("task", "%", "COMPLETED"),
  reached("agent", "worker/3", "RUNNING"),
  reached("epic", "%", "AWAITING_HUMAN_REVIEW"),
];

/** Empties Redis at each moment. @returns how often */
export async function flushAtMoments({ run, watch, redis }: Disturbance): Promise<number> {
  for (const moment of flushMoments) {
    await awaitInDemo(run, watch, moment);
    await redis.flushall();
  }
  return flushMoments.length;
}

/** Every queue of the demo's one host. */
const queues = ["deliveries", "effects", "agents-demo", "landings"];
const prefix = "factory";
const wakeLimitMs = 60_000;

/**
 * Takes one wake out of every queue before anybody is woken by it: the queue is held, the wake that
 * comes is removed, the queue goes on.
 *
 * @returns how many wakes were lost
 */
export async function loseWakes({ run, watch, redis }: Disturbance): Promise<number> {
  let lost = 0;
  await awaitInDemo(run, watch, reached("agent", "worker/%", "RUNNING"));
  for (const name of queues) {
    const queue = new Queue(name, { connection: redis, prefix });
    try {
      await queue.pause();
      const jobs = await awaitFact(
        `a wake waits in ${name}`,
        () => (run.hasEnded() ? Promise.reject(new Error("the demo has ended")) : jobsOf(queue)),
        (waiting) => waiting.length > 0,
        { limitMs: wakeLimitMs },
      );
      for (const job of jobs) await job.remove();
      lost += jobs.length;
      await queue.resume();
    } finally {
      await queue.close();
    }
  }
  return lost;
}

async function jobsOf(queue: Queue) {
  return await queue.getJobs(["wait", "waiting"]);
}
