import { expect, test } from "vitest";
import { awaitFact } from "../../src/lib/await-fact.ts";
import {
  type Answer,
  end,
  events,
  question,
  start,
  startGateway,
  startProvider,
  text,
} from "./support/provider.ts";

const stream: Answer = (res) => {
  res.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "request-id": "req_1",
    "set-cookie": "a=b",
  });
  res.end(events(start, text, end));
};
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (res) => {
    res.writeHead(code, { "content-type": "application/json", ...headers });
    res.end(
      JSON.stringify({ type: "error", error: { type: "overloaded_error", message: "Full" } }),
    );
  };

// 100 × 2 + 50 × 10 + 1000 × 0.10 + 200 × 2.50 + 100 × 4, per million.
const _costOfStream = 0.0017;

test("overload and a broken connection are tried again before the first byte (G3)", async () => {
  const provider = await startProvider([status(529), (res) => res.destroy(), status(500), stream]);
  const waits: number[] = [];
  const sleep = async (durationMs: number) => void waits.push(durationMs);
  const { ask, recorded, web } = await startGateway({ baseUrl: provider.url, sleep });

  const reply = await ask(question);

  expect(await reply.text()).toBe(events(start, text, end));
  expect(provider.asked).toHaveLength(4);
  expect(waits.every((wait, index) => wait >= 250 * 2 ** index && wait <= 500 * 2 ** index)).toBe(
    true,
  );
  await awaitFact(
    "the call is booked",
    () => recorded.length,
    (count) => count === 1,
  );
  expect(web.lines.filter((line) => line.event === "model.retry")).toHaveLength(3);
});

test("tries are bounded, and the provider's last word is the agent's (G3)", async () => {
  const provider = await startProvider([status(529)]);
  const { ask, recorded } = await startGateway({ baseUrl: provider.url });

  const reply = await ask(question);

  expect(reply.status).toBe(529);
  expect(await reply.json()).toMatchObject({ error: { type: "overloaded_error" } });
  expect(provider.asked).toHaveLength(4);
  await awaitFact(
    "the call is booked",
    () => recorded.length,
    (count) => count === 1,
  );
  expect(recorded[0]).toMatchObject({ status: 529, tokensIn: 0, cost: 0 });
});

test("retry-after is honoured, and passed on where it is longer than a request may be held (G2, G3)", async () => {
  const provider = await startProvider([
    status(429, { "retry-after": "40" }),
    status(429, { "retry-after": "40" }),
  ]);
  const waits: number[] = [];
  const sleep = async (durationMs: number) => void waits.push(durationMs);
  const { ask } = await startGateway({ baseUrl: provider.url, sleep });

  const reply = await ask(question);

  expect(reply.status).toBe(429);
  expect(reply.headers.get("retry-after")).toBe("40");
  expect(waits).toEqual([40_000]);
});

test("a mistake of the request is not tried again (G3)", async () => {
  const provider = await startProvider([status(400)]);
  const { ask } = await startGateway({ baseUrl: provider.url });

  expect((await ask(question)).status).toBe(400);
  expect(provider.asked).toHaveLength(1);
});

test("a provider that is away or silent is an error of the provider's shape (G3)", async () => {
  const silent = await startProvider([() => {}]);
  const away = await startGateway({ baseUrl: "http://127.0.0.1:9", attempts: 2 });
  const waiting = await startGateway({ baseUrl: silent.url, firstByteMs: 50 });

  const unreachable = await away.ask(question);
  const late = await waiting.ask(question);

  expect(unreachable.status).toBe(502);
  expect(await unreachable.json()).toMatchObject({ type: "error", error: { type: "api_error" } });
  expect(late.status).toBe(504);
  expect(await late.json()).toMatchObject({ error: { type: "timeout_error" } });
});

test("an answer that stops in the middle is cut, not held, and booked (G3)", async () => {
  const provider = await startProvider([
    (res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.write(events(start));
    },
  ]);
  const { ask, recorded } = await startGateway({ baseUrl: provider.url, idleMs: 50 });

  const reply = await ask(question);

  await expect(reply.text()).rejects.toThrow();
  await awaitFact(
    "the call is booked",
    () => recorded.length,
    (count) => count === 1,
  );
  expect(recorded[0]).toMatchObject({ tokensIn: 100 });
  expect(provider.asked).toHaveLength(1);
});
