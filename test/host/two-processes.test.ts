import { expect, test } from "vitest";
import { watchLives } from "../../src/host/end-life.ts";
import type { HostPorts } from "../../src/host/host-ports.ts";
import type { LifeRow } from "../../src/ports/agents.ts";
import { type HostWorld, onHost } from "./host-world.ts";

// Two worker processes of one host see the same rows, sessions and sockets.

const start = { kind: "startLife", agent: "worker/1" } as const;

test("a life whose session is not up yet is not ended by another process (R9)", () =>
  onHost("exec sleep 600", async ({ ports, view, perform }) => {
    const life = await beginElsewhere(ports, await view());

    await watchLives(ports);

    expect((await ports.store.lives.onHost("h")).map(({ name }) => name)).toEqual([life.name]);
    await perform(start);
    expect(workerOf(await view())).toMatchObject({ state: "RUNNING", life: 2 });
  }));

test("a life that was found dead before its agent took it up is started anew (R9)", () =>
  onHost("exec sleep 600", async ({ ports, view, perform, session }) => {
    const { terminal, store } = ports;
    const ending: HostPorts = {
      ...ports,
      terminal: {
        ...terminal,
        start: async (asked) => {
          await terminal.start(asked);
          await endRow(ports, await view());
        },
      },
    };
    const { performHostEffect } = await import("../../src/host/perform-host.ts");

    await expect(performHostEffect(start, await view(), ending)).rejects.toMatchObject({
      retryable: true,
      message: expect.stringContaining("has ended meanwhile"),
    });
    expect(workerOf(await view())).toMatchObject({ state: "STARTING", life: 0 });
    await perform(start);
    await session((one) => one?.dead === false);

    expect(workerOf(await view())).toMatchObject({ state: "RUNNING", life: 2 });
    expect(await store.lives.onHost("h")).toHaveLength(1);
  }));

test("an agent that works without an open life counts as crashed and is started (R2, R9)", () =>
  onHost("exec sleep 600", async ({ ports, view, perform }) => {
    await perform(start);
    await finishEffects(ports);
    await endRow(ports, await view());

    await watchLives(ports);

    expect(workerOf(await view())).toMatchObject({ state: "STARTING", crashes: 1 });
    expect(await ports.terminal.list()).toEqual([]);
  }));

test("an agent that starts though nothing starts it is started (R9)", () =>
  onHost("exec sleep 600", async ({ ports, view }) => {
    await finishEffects(ports);
    const { epic } = await view();
    expect(await ports.store.outbox.dueLanes("agent/")).toEqual([]);

    await watchLives(ports);
    await watchLives(ports);

    const lane = `agent/${epic.id}/worker/1`;
    expect(await ports.store.outbox.dueLanes("agent/")).toContain(lane);
    const epoch = (await ports.store.outbox.claimLane(lane, "test", 60_000)) ?? 0;
    const queued = await ports.store.outbox.next(lane, epoch);
    expect(queued).toMatchObject({ epicId: epic.id, effect: start });
  }));

/** Takes what waits for agents' lanes as done: this world performs effects without their lanes. */
async function finishEffects({ store }: HostPorts): Promise<void> {
  for (const lane of await store.outbox.dueLanes("agent/")) {
    const epoch = await store.outbox.claimLane(lane, "test", 60_000);
    if (epoch === null) throw new Error(`${lane} is held`);
    for (;;) {
      const queued = await store.outbox.next(lane, epoch);
      if (!queued) break;
      await store.epics.change(queued.epicId, { what: "test", actor: null }, () => ({
        decision: {},
        notes: [{ kind: "effectDone", id: queued.id, epoch }],
        result: null,
      }));
    }
    await store.outbox.releaseLane(lane, epoch);
  }
}

function workerOf(view: Awaited<ReturnType<HostWorld["view"]>>) {
  return view.agents.find((agent) => agent.key === "worker/1");
}

/** What a second process does between a life's row and its session. */
async function beginElsewhere(
  { store }: HostPorts,
  view: Awaited<ReturnType<HostWorld["view"]>>,
): Promise<LifeRow> {
  return await store.lives.begin({
    epicId: view.epic.id,
    agent: "worker/1",
    role: "worker",
    host: "h",
    namePrefix: "r1-worker-13",
    tokenHash: "elsewhere",
  });
}

/** Ends the row of the newest life, as another process does; the agent is left as it is. */
async function endRow(
  { store }: HostPorts,
  view: Awaited<ReturnType<HostWorld["view"]>>,
): Promise<void> {
  const life = await store.lives.newest(view.epic.id, "worker/1");
  if (!life) throw new Error("the worker has no life");
  await store.epics.change(view.epic.id, { what: "test", actor: null }, () => ({
    decision: {},
    notes: [
      {
        kind: "lifeEnded",
        agent: "worker/1",
        life: life.life,
        how: "crashed",
        reason: "its process was gone",
        lastScreen: "",
      },
    ],
    result: null,
  }));
}
