import { expect, test } from "vitest";
import { health } from "../../src/http/health.ts";
import { handlerOf } from "../../src/http/route.ts";
import { serve, startWeb } from "./support/web.ts";

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const startMs = Date.parse("2026-01-01T00:00:00Z");

type World = { nowMs: number; draining: boolean; database: () => Promise<void>; asked: number };

async function serveHealth(world: World): Promise<string> {
  const routes = health({
    checks: {
      database: () => {
        world.asked += 1;
        return world.database();
      },
      queue: async () => {},
    },
    isDraining: () => world.draining,
    nowMs: () => world.nowMs,
    checkTimeoutMs: 50,
  });
  return await serve(routes.map((route) => handlerOf(route, silent)));
}

function newWorld(): World {
  return { nowMs: startMs, draining: false, database: async () => {}, asked: 0 };
}

async function look(url: string, page: string): Promise<unknown> {
  const reply = await fetch(`${url}/health${page}`);
  return { status: reply.status, body: await reply.json() };
}

test("a process on a real database says that it is well (O2)", async () => {
  const web = await startWeb();

  expect(await look(web.url, "")).toMatchObject({ status: 200, body: { ok: true } });
  for (const page of ["/live", "/ready", "/database", "/queue"])
    expect(await look(web.url, page)).toMatchObject({ status: 200, body: { ok: true } });
});

test("a database that went away shows with since when, and comes back (O2)", async () => {
  const world = newWorld();
  const url = await serveHealth(world);
  await look(url, "/database");
  world.database = () => Promise.reject(new Error("ECONNREFUSED 10.0.0.7:5432"));
  world.nowMs += 60_000;
  await look(url, "/database");
  world.nowMs += 60_000;

  const away = await look(url, "/database");
  const ready = await look(url, "/ready");
  const overall = await look(url, "");
  const live = await look(url, "/live");
  world.database = async () => {};
  world.nowMs += 60_000;
  const back = await look(url, "/database");

  const detail = "the database does not answer";
  const body = { ok: false, since: "2026-01-01T00:01:00.000Z", detail };
  expect(away).toEqual({ status: 503, body });
  expect(ready).toEqual({ status: 503, body });
  expect(overall).toMatchObject({ status: 503, body: { ok: false, parts: { database: body } } });
  expect(live).toMatchObject({ status: 200 });
  expect(back).toMatchObject({ status: 200, body: { since: "2026-01-01T00:03:00.000Z" } });
});

test("a database that hangs is away, and however many ask, it is asked once (O2)", async () => {
  const world = newWorld();
  world.database = () => new Promise(() => {});
  const url = await serveHealth(world);

  const answers = await Promise.all([1, 2, 3, 4].map(() => look(url, "/database")));

  expect(answers.map((answer) => answer)).toEqual(
    answers.map(() => expect.objectContaining({ status: 503 })),
  );
  expect(world.asked).toBe(1);
});

test("a process that drains is alive and not ready (O2)", async () => {
  const world = newWorld();
  world.draining = true;
  const url = await serveHealth(world);

  expect(await look(url, "/live")).toMatchObject({ status: 200 });
  expect(await look(url, "/ready")).toMatchObject({ status: 503, body: { detail: "draining" } });
});
