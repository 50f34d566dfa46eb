import { once } from "node:events";
import { createServer } from "node:net";
import { Queue } from "bullmq";
import { expect, test } from "vitest";
import { createQueues, redisConnection } from "../../../src/adapters/queues/queues.ts";
import { awaitFact } from "../../../src/lib/await-fact.ts";
import { createRedis } from "../../support/servers.ts";

const names = { host: "here", prefix: "test" };

/** Listens like Redis and says nothing. */
async function openSilence() {
  const server = createServer((socket) => socket.on("error", () => {}));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { url: `redis://127.0.0.1:${port}`, close: () => server.close() };
}

test("a thousand wakes delay nobody while Redis is away or silent, and closing ends (R6)", async () => {
  const silence = await openSilence();
  const away = await openSilence();
  away.close();

  for (const url of [silence.url, away.url]) {
    const queues = createQueues(url, names);
    const startedMs = performance.now();
    for (let epicId = 1; epicId <= 1_000; epicId += 1)
      await queues.wake({ queue: "landings", epicId });
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    await expect(queues.ping()).rejects.toThrow("Redis does not answer");
    await queues.close();
  }
  silence.close();
});

test("a wake reaches its queue once Redis is there, and closing loses none (R6)", async () => {
  const url = await createRedis();
  const queues = createQueues(url, names);
  await awaitFact(
    "Redis answers",
    () => queues.ping().then(() => true),
    (answers) => answers,
  );

  await queues.wake({ queue: "effects", lane: "epic/1" });
  await queues.close();

  const connection = redisConnection(url);
  const queue = new Queue("effects", { connection, prefix: names.prefix });
  const jobs = await queue.getJobs(["waiting"]);
  await queue.close();
  connection.disconnect();
  expect(jobs.map((job) => job.data)).toEqual([{ lane: "epic/1" }]);
});
