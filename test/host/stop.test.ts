import { expect, test } from "vitest";
import { giveWay } from "../../src/domain/decide-agent.ts";
import { pauseEpic } from "../../src/domain/decide-epic.ts";
import type { Decision, EpicView } from "../../src/domain/epic-view.ts";
import { isRefusal } from "../../src/domain/refusal.ts";
import { watchLives } from "../../src/host/end-life.ts";
import type { HostPorts } from "../../src/host/host-ports.ts";
import { performHostEffect } from "../../src/host/perform-host.ts";
import { type HostWorld, onHost } from "./host-world.ts";

const key = "worker/1";
const start = { kind: "startLife", agent: key } as const;
const stopWithinMs = 5_000;

async function decide({ ports, view }: HostWorld, decision: (view: EpicView) => Decision) {
  const { epic } = await view();
  await ports.store.epics.change(epic.id, { what: "test", actor: null }, (now) => ({
    decision: decision(now),
    result: null,
  }));
}

function paused(view: EpicView): Decision {
  const decision = pauseEpic(view, { by: { id: 7, login: "ana" }, reason: "lunch" });
  if (isRefusal(decision)) throw new Error(decision.detail);
  return decision;
}

test("a stopped agent's process ends within seconds, whatever its lane is busy with (R12)", () =>
  onHost("exec sleep 600", async (world) => {
    const { ports, perform, session, view } = world;
    await perform(start);
    await session((one) => one?.dead === false);
    await decide(world, paused);
    const beganMs = performance.now();

    // Nobody performs the lane's stopLife: it waits behind a commit.
    await watchLives(ports);

    expect(performance.now() - beganMs).toBeLessThan(stopWithinMs);
    expect(await ports.terminal.list()).toEqual([]);
    expect(await ports.broker.list()).toEqual([]);
    expect(await ports.store.lives.onHost("h")).toEqual([]);
    const agents = (await view()).agents.filter((agent) => agent.key === key);
    expect(agents).toMatchObject([{ state: "PAUSED", crashes: 0 }]);
  }));

test("a start that was under way when its agent was stopped is not left running (R12)", () =>
  onHost("exec sleep 600", async (world) => {
    const { ports, view } = world;
    const pausing = (when: "before" | "after"): HostPorts => ({
      ...ports,
      git: {
        ...ports.git,
        addWorktree: async (...asked) => {
          if (when === "before") await decide(world, paused);
          return await ports.git.addWorktree(...asked);
        },
      },
      terminal: {
        ...ports.terminal,
        start: async (asked) => {
          await ports.terminal.start(asked);
          if (when === "after") await decide(world, paused);
        },
      },
    });

    await performHostEffect(start, await view(), pausing("before"));
    expect(await ports.terminal.list()).toEqual([]);
    await decide(world, ({ epic, agents }) => ({
      epic: { ...epic, state: "IN_PROGRESS" },
      agents: agents.map((agent) => ({ ...agent, state: "STARTING" })),
    }));
    await performHostEffect(start, await view(), pausing("after"));
    expect(await ports.terminal.list()).toHaveLength(1);
    await watchLives(ports);

    expect(await ports.terminal.list()).toEqual([]);
    expect(await ports.store.lives.onHost("h")).toEqual([]);
  }));

test("an agent that gave way has no process for long, and mail brings it back (G6)", () =>
  onHost("exec sleep 600", async (world) => {
    const { ports, perform, view } = world;
    await perform(start);
    await decide(world, (now) => ({
      agents: now.agents.map((agent) =>
        agent.key === key ? { ...agent, state: "WAITING" } : agent,
      ),
    }));
    await decide(world, (now) => giveWay(now, key));

    await watchLives(ports);
    expect(await ports.terminal.list()).toEqual([]);

    await decide(world, () => ({
      mail: [{ to: key, from: { kind: "product" }, subject: "s", body: "b" }],
    }));
    expect((await view()).agents.find((agent) => agent.key === key)).toMatchObject({
      state: "STARTING",
      crashes: 0,
    });
  }));

test("a life that cannot be ended delays no other's end (R12)", () =>
  onHost("exec sleep 600", async (world) => {
    const { ports, perform } = world;
    await perform(start);
    await perform({ kind: "startLife", agent: "supervisor" });
    await decide(world, paused);
    const [worker] = (await ports.store.lives.onHost("h")).filter(({ agent }) => agent === key);
    const stubborn: HostPorts = {
      ...ports,
      sandbox: {
        ...ports.sandbox,
        end: async (cell) => {
          if (cell === worker?.name) throw new Error("it does not end");
          await ports.sandbox.end(cell);
        },
      },
    };

    await expect(watchLives(stubborn)).rejects.toThrow("it does not end");

    expect((await ports.store.lives.onHost("h")).map(({ agent }) => agent)).toEqual([key]);
  }));
