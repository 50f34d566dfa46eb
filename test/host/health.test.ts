import { expect, test } from "vitest";
import { openDatabase } from "../../src/adapters/postgres/database.ts";
import { checkHealth } from "../../src/host/check-health.ts";
import { watchLives } from "../../src/host/end-life.ts";
import type { HostPorts } from "../../src/host/host-ports.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { type HostWorld, onHost } from "./host-world.ts";

const key = "worker/1";
const start = { kind: "startLife", agent: key } as const;

/** Ports whose lives are asked and ended soon. */
function impatient(ports: HostPorts, mailMs: number, restartMs: number): HostPorts {
  const health = { ...ports.settings.health, mailMs, restartMs };
  return { ...ports, settings: { ...ports.settings, health } };
}

async function workerOf({ view }: HostWorld) {
  return (await view()).agents.find((agent) => agent.key === key);
}

/** Looks at health until the worker is in this state. */
async function untilItIs(state: string, world: HostWorld, ports: HostPorts): Promise<void> {
  await awaitFact(
    `the worker is ${state}`,
    async () => {
      await checkHealth(ports);
      return (await workerOf(world))?.state;
    },
    (seen) => seen === state,
  );
}

test("a life without progress is asked by mail once, then ended and started again (R1)", () =>
  onHost("echo stuck; exec sleep 600", async (world) => {
    await world.perform(start);
    const patient = impatient(world.ports, 50, 60_000);
    await awaitFact(
      "the worker was asked",
      async () => {
        await checkHealth(patient);
        return (await world.view()).unreadMail.filter(({ to }) => to === key);
      },
      (mail) => mail.length > 0,
    );
    await checkHealth(patient);
    const asked = (await world.view()).unreadMail.filter(({ to }) => to === key);

    await untilItIs("STARTING", world, impatient(world.ports, 50, 50));

    expect(asked).toMatchObject([{ from: { kind: "product" }, subject: "Health check" }]);
    expect(await workerOf(world)).toMatchObject({ crashes: 1, life: 1 });
    expect((await world.view()).unreadMail.filter(({ to }) => to === key)).toEqual([]);
    expect(await world.ports.terminal.list()).toEqual([]);
    expect(await world.ports.broker.list()).toEqual([]);
  }));

test("a process that was stopped is ended, with everything in its cell (R1, F24)", () =>
  onHost("kill -STOP $$; exec sleep 600", async (world) => {
    const { ports } = world;
    await world.perform(start);

    await untilItIs("STARTING", world, impatient(ports, 50, 50));

    expect(await workerOf(world)).toMatchObject({ crashes: 1 });
    expect(await ports.terminal.list()).toEqual([]);
    await watchLives(ports);
    expect(await ports.store.lives.onHost("h")).toEqual([]);
  }));

test("an outage of the web process asks and ends nobody, and who is silent after it is found (R1, R6)", () =>
  onHost("echo stuck; exec sleep 600", async (world) => {
    const { ports, product } = world;
    const { pool, db } = openDatabase(world.databaseUrl);
    const pass = async (seconds: number, heartbeat: string) => {
      const ago = (column: string) => `${column} = ${column} - interval '${seconds} s'`;
      await pool.query(`update lives set ${["started_at", "asked_at"].map(ago).join(", ")}`);
      await pool.query(`update web_heartbeats set ${heartbeat.split(" ").map(ago).join(", ")}`);
    };
    const found = async () => {
      const { unreadMail } = await world.view();
      const asked = unreadMail.filter(({ to }) => to === key).length;
      return { asked, state: (await workerOf(world))?.state };
    };
    await world.perform(start);
    await checkHealth(ports);

    await product.goAway();
    await pass(600, "up_since seen_at");
    await expect(checkHealth(ports)).rejects.toMatchObject({ port: "broker", retryable: true });
    await expect(checkHealth(ports)).rejects.toMatchObject({ port: "broker", retryable: true });
    expect(await found()).toEqual({ asked: 0, state: "RUNNING" });

    await product.comeBack();
    await checkHealth(ports);
    expect(await found()).toEqual({ asked: 0, state: "RUNNING" });

    await pass(121, "up_since");
    await checkHealth(ports);
    expect(await found()).toEqual({ asked: 1, state: "RUNNING" });

    await pass(121, "up_since");
    await checkHealth(ports);
    expect(await found()).toEqual({ asked: 0, state: "STARTING" });
    expect(await workerOf(world)).toMatchObject({ crashes: 1 });
    await db.destroy();
  }));
