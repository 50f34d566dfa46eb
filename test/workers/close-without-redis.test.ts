import pino from "pino";
import { expect, test } from "vitest";
import { z } from "zod";
import { redisConnection } from "../../src/adapters/queues/queues.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { startWorker } from "../../workers/define-worker.ts";

test("a host stops within seconds though its Redis cannot be reached (O5)", async () => {
  const redis = redisConnection("redis://127.0.0.1:1");
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const worker = startWorker(
    { queue: "effects", concurrency: 1, data: z.object({}), run: async () => {} },
    { redis, prefix: "none", log },
  );
  const isTrying = (told: number) => told > 2;
  await awaitFact("it tries to reach Redis", () => lines.length, isTrying);

  const closed = worker.close().then(() => "closed");
  const late = systemClock.sleep(8_000).then(() => "late");

  expect(await Promise.race([closed, late])).toBe("closed");
  redis.disconnect();
});
