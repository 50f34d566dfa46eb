import { expect, test } from "vitest";
import { openDatabase } from "../../src/adapters/postgres/database.ts";
import { pauseEpic, resumeEpic } from "../../src/domain/decide-epic.ts";
import { watchLives } from "../../src/host/end-life.ts";
import { decisionOf } from "../support/epic-view.ts";
import { type HostWorld, onHost } from "./host-world.ts";

const start = { kind: "startLife", agent: "worker/1" } as const;

/** In how many seconds the worker's newest start is due. */
async function nextStartInS({ databaseUrl }: HostWorld): Promise<number> {
  const { db, pool } = openDatabase(databaseUrl);
  const { rows } = await pool.query(
    "select extract(epoch from due_at - created_at)::float8 as s from outbox where kind = 'startLife' and effect ->> 'agent' = 'worker/1' order by id desc limit 1",
  );
  await db.destroy();
  return Math.round(rows[0].s);
}

test("lives that give up on the outside start again later and later, and fail nothing (G3, R2)", () =>
  onHost("echo 'exit 4: 529 overloaded'; exit 4", async (world) => {
    const { ports, perform, session, view } = world;
    const waits: number[] = [];
    for (let life = 1; life <= 3; life += 1) {
      await perform(start);
      await session((one) => one?.dead === true);
      await watchLives(ports);
      waits.push(await nextStartInS(world));
    }

    expect(waits).toEqual([60, 120, 240]);
    const { agents, tasks } = await view();
    expect(agents.find(({ key }) => key === "worker/1")).toMatchObject({
      ...{ state: "STARTING", crashes: 0, fastCrashes: 0, life: 3 },
    });
    expect(tasks[0]).toMatchObject({ state: "IN_PROGRESS", attempts: 1 });
  }));

test("a life that the limits sent away is followed by one when they allow it (G3)", () =>
  onHost("echo 'exit 4: asleep until limits allow'; exit 4", async (world) => {
    const { ports, perform, session } = world;
    await perform(start);
    await session((one) => one?.dead === true);
    const [life] = await ports.store.lives.onHost(ports.settings.hostName);
    if (!life) throw new Error("no life was begun");
    await ports.store.health.held({ ...life, task: 1 }, 300_000);
    await watchLives(ports);

    expect(await nextStartInS(world)).toBeGreaterThan(290);
  }));

test("lives before people resumed the epic count no more, nor does what was told of them (G3, H7)", () =>
  onHost("echo 'exit 4: 529 overloaded'; exit 4", async ({ ports, ...world }) => {
    const { store, settings } = ports;
    const restarts = { ...settings.restarts, tellWeatherAfter: 2 };
    const giveUp = async () => {
      await world.perform(start);
      await world.session((one) => one?.dead === true);
      await watchLives({ ...ports, settings: { ...settings, restarts } });
    };
    await giveUp();
    await giveUp();
    expect((await world.view()).notices).toEqual([
      "held up: worker/1: it gave up waiting: 529 overloaded",
    ]);

    const { epic } = await world.view();
    const by = { id: 7, login: "ana" };
    for (const people of [pauseEpic, resumeEpic])
      await store.epics.change(epic.id, { what: "test", actor: "ana" }, (view) => ({
        decision: decisionOf(people(view, { by, reason: "" })),
        notes: [],
        result: null,
      }));
    expect((await world.view()).notices).toEqual([]);
    await giveUp();

    expect(await nextStartInS({ ports, ...world })).toBe(60);
    expect((await world.view()).notices).toEqual([]);
  }));
