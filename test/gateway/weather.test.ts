import { expect, test } from "vitest";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { status, stream } from "./support/answers.ts";
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

test("a broken connection and a failing provider are asked again before the first byte (G3)", async () => {
  const provider = await startProvider([(res) => res.destroy(), status(500), status(503), stream]);
  const { ask, recorded, web } = await startGateway({ baseUrl: provider.url });

  const reply = await ask(question);

  expect(await reply.text()).toBe(events(start, text, end));
  expect(provider.asked).toHaveLength(4);
  await awaitFact(
    "the call is booked",
    () => recorded.length,
    (count) => count === 1,
  );
  expect(recorded[0]).toMatchObject({ status: 200, attempt: 4, tokensIn: 100 });
  expect(web.lines.filter((line) => line.event === "model.retry")).toHaveLength(3);
});

test("tries are bounded, and the provider's last word is the agent's (G3)", async () => {
  const provider = await startProvider([status(500)]);
  const { ask, recorded } = await startGateway({ baseUrl: provider.url });

  const reply = await ask(question);

  expect(reply.status).toBe(500);
  expect(await reply.json()).toMatchObject({ error: { type: "overloaded_error" } });
  expect(provider.asked).toHaveLength(4);
  await awaitFact(
    "the call is booked",
    () => recorded.length,
    (count) => count === 1,
  );
  expect(recorded[0]).toMatchObject({ status: 500, tokensIn: 0, cost: 0, attempt: 4 });
});

test("a limit or overload holds every call until the time the provider names, then one asks (G2, G3)", async () => {
  const began = Date.now();
  const times: number[] = [];
  const timed =
    (answer: Answer): Answer =>
    (res, asked) => {
      times.push(Date.now() - began);
      answer(res, asked);
    };
  const provider = await startProvider([
    timed(status(429, { "retry-after": "0.3" })),
    timed(status(529)),
    timed(stream),
  ]);
  const { ask } = await startGateway({ baseUrl: provider.url });

  const first = ask(question);
  await awaitFact(
    "the limit was met",
    () => times.length,
    (count) => count === 1,
  );
  const replies = await Promise.all([first, ask(question), ask(question)]);

  expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200]);
  expect(times[1]).toBeGreaterThanOrEqual((times[0] ?? 0) + 300);
  expect(times).toHaveLength(5);
});

test("a call is held no longer than it may be: then its life sleeps until the limit allows (G2)", async () => {
  const provider = await startProvider([status(429, { "retry-after": "40" })]);
  const { ask, recorded, web } = await startGateway({
    baseUrl: provider.url,
    limits: { holdMs: 100 },
  });

  const reply = await ask(question);
  const lives = await web.store.lives.onHost("here");

  expect(reply.status).toBe(429);
  expect(lives.find(({ agent }) => agent === "worker/1")?.heldForMs).toBeGreaterThan(38_000);
  expect(reply.headers.get("x-factory-hold")).toBe("sleep");
  expect(Number(reply.headers.get("retry-after"))).toBeGreaterThanOrEqual(40);
  expect(await reply.json()).toMatchObject({ type: "error", error: { type: "rate_limit_error" } });
  expect(provider.asked).toHaveLength(1);
  expect(recorded).toEqual([]);
  expect(web.lines.some((line) => line.event === "model.held")).toBe(true);
});

test("a mistake of the request is not tried again (G3)", async () => {
  const provider = await startProvider([status(400)]);
  const { ask } = await startGateway({ baseUrl: provider.url });

  expect((await ask(question)).status).toBe(400);
  expect(provider.asked).toHaveLength(1);
});

test("a provider that is away or silent is an error of the provider's shape (G3)", async () => {
  const silent = await startProvider([() => {}]);
  const away = await startGateway({ baseUrl: "http://127.0.0.1:9" });
  const waiting = await startGateway({ baseUrl: silent.url, limits: { firstByteMs: 50 } });

  const unreachable = await away.ask(question);
  const late = await waiting.ask(question);

  expect(unreachable.status).toBe(502);
  expect(await unreachable.json()).toMatchObject({ type: "error", error: { type: "api_error" } });
  expect(late.status).toBe(504);
  expect(await late.json()).toMatchObject({ error: { type: "timeout_error" } });
});

test("an answer that never ends is cut at its limit, and booked as long as it may be (G3, G5)", async () => {
  const provider = await startProvider([
    (res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.write(events(start));
      const ever = setInterval(() => res.write(events(text)), 5);
      res.on("close", () => clearInterval(ever));
    },
  ]);
  const { ask, recorded } = await startGateway({ baseUrl: provider.url, answerMs: 200 });

  const reply = await ask(question);

  await expect(reply.text()).rejects.toThrow();
  await awaitFact(
    "the call is booked",
    () => recorded.length,
    (count) => count === 1,
  );
  expect(recorded[0]).toMatchObject({ tokensIn: 100, tokensOut: question.max_tokens });
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
